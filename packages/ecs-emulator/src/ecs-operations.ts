import {
  CreateCluster$,
  CreateService$,
  DeleteCluster$,
  DeleteTaskDefinitions$,
  DeregisterTaskDefinition$,
  DescribeClusters$,
  DescribeServices$,
  DescribeTaskDefinition$,
  ListClusters$,
  ListServices$,
  ListTaskDefinitionFamilies$,
  ListTaskDefinitions$,
  RegisterTaskDefinition$,
} from '@aws-sdk/client-ecs'
import { type Operation, reading, writing } from './operation.ts'
import { createCluster, deleteCluster, describeClusters, listClusters } from './operations/clusters.ts'
import { createService } from './operations/create-service.ts'
import { describeServices, listServices } from './operations/read-services.ts'
import {
  deleteTaskDefinitions,
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitionFamilies,
  listTaskDefinitions,
  registerTaskDefinition,
} from './operations/task-definitions.ts'

/** Every ECS operation that the emulator carries out; all others are refused by name. */
export const ECS_OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    CreateCluster: writing(CreateCluster$, createCluster),
    DescribeClusters: reading(DescribeClusters$, describeClusters),
    ListClusters: reading(ListClusters$, listClusters),
    DeleteCluster: writing(DeleteCluster$, deleteCluster),
    RegisterTaskDefinition: writing(RegisterTaskDefinition$, registerTaskDefinition),
    DescribeTaskDefinition: reading(DescribeTaskDefinition$, describeTaskDefinition),
    DeregisterTaskDefinition: writing(DeregisterTaskDefinition$, deregisterTaskDefinition),
    DeleteTaskDefinitions: writing(DeleteTaskDefinitions$, deleteTaskDefinitions),
    ListTaskDefinitions: reading(ListTaskDefinitions$, listTaskDefinitions),
    ListTaskDefinitionFamilies: reading(ListTaskDefinitionFamilies$, listTaskDefinitionFamilies),
    CreateService: writing(CreateService$, createService),
    DescribeServices: reading(DescribeServices$, describeServices),
    ListServices: reading(ListServices$, listServices),
  }),
)
