import {
  CreateCluster$,
  CreateService$,
  DeleteCluster$,
  DeleteService$,
  DeleteTaskDefinitions$,
  DeregisterTaskDefinition$,
  DescribeCapacityProviders$,
  DescribeClusters$,
  DescribeServiceDeployments$,
  DescribeServiceRevisions$,
  DescribeServices$,
  DescribeTaskDefinition$,
  DescribeTasks$,
  ExecuteCommand$,
  ListClusters$,
  ListServiceDeployments$,
  ListServices$,
  ListTagsForResource$,
  ListTaskDefinitionFamilies$,
  ListTaskDefinitions$,
  ListTasks$,
  PutClusterCapacityProviders$,
  RegisterTaskDefinition$,
  RunTask$,
  StopServiceDeployment$,
  StopTask$,
  TagResource$,
  UntagResource$,
  UpdateCluster$,
  UpdateClusterSettings$,
  UpdateService$,
} from '@aws-sdk/client-ecs'
import { type Operation, reading, writing } from './operation.ts'
import {
  describeCapacityProviders,
  putClusterCapacityProviders,
  updateCluster,
  updateClusterSettings,
} from './operations/change-cluster.ts'
import { createCluster, deleteCluster, describeClusters, listClusters } from './operations/clusters.ts'
import { createService } from './operations/create-service.ts'
import { deleteService } from './operations/delete-service.ts'
import { executeCommand } from './operations/execute-command.ts'
import { describeServices, listServices } from './operations/read-services.ts'
import { describeTasks, listTasks } from './operations/read-tasks.ts'
import { runTask, stopTask } from './operations/run-task.ts'
import {
  describeServiceDeployments,
  describeServiceRevisions,
  listServiceDeployments,
  stopServiceDeployment,
} from './operations/service-deployments.ts'
import { listTagsForResource, tagResource, untagResource } from './operations/tags.ts'
import {
  deleteTaskDefinitions,
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitionFamilies,
  listTaskDefinitions,
  registerTaskDefinition,
} from './operations/task-definitions.ts'
import { updateService } from './operations/update-service.ts'

/** Every ECS operation that the emulator carries out; all others are refused by name. */
export const ECS_OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    CreateCluster: writing(CreateCluster$, createCluster),
    DescribeClusters: reading(DescribeClusters$, describeClusters),
    ListClusters: reading(ListClusters$, listClusters),
    DeleteCluster: writing(DeleteCluster$, deleteCluster),
    UpdateCluster: writing(UpdateCluster$, updateCluster),
    UpdateClusterSettings: writing(UpdateClusterSettings$, updateClusterSettings),
    PutClusterCapacityProviders: writing(PutClusterCapacityProviders$, putClusterCapacityProviders),
    DescribeCapacityProviders: reading(DescribeCapacityProviders$, describeCapacityProviders),
    RegisterTaskDefinition: writing(RegisterTaskDefinition$, registerTaskDefinition),
    DescribeTaskDefinition: reading(DescribeTaskDefinition$, describeTaskDefinition),
    DeregisterTaskDefinition: writing(DeregisterTaskDefinition$, deregisterTaskDefinition),
    DeleteTaskDefinitions: writing(DeleteTaskDefinitions$, deleteTaskDefinitions),
    ListTaskDefinitions: reading(ListTaskDefinitions$, listTaskDefinitions),
    ListTaskDefinitionFamilies: reading(ListTaskDefinitionFamilies$, listTaskDefinitionFamilies),
    CreateService: writing(CreateService$, createService),
    UpdateService: writing(UpdateService$, updateService),
    DeleteService: writing(DeleteService$, deleteService),
    ListServiceDeployments: reading(ListServiceDeployments$, listServiceDeployments),
    DescribeServiceDeployments: reading(DescribeServiceDeployments$, describeServiceDeployments),
    DescribeServiceRevisions: reading(DescribeServiceRevisions$, describeServiceRevisions),
    StopServiceDeployment: writing(StopServiceDeployment$, stopServiceDeployment),
    RunTask: writing(RunTask$, runTask),
    StopTask: writing(StopTask$, stopTask),
    ExecuteCommand: writing(ExecuteCommand$, executeCommand),
    DescribeTasks: reading(DescribeTasks$, describeTasks),
    ListTasks: reading(ListTasks$, listTasks),
    TagResource: writing(TagResource$, tagResource),
    UntagResource: writing(UntagResource$, untagResource),
    ListTagsForResource: reading(ListTagsForResource$, listTagsForResource),
    DescribeServices: reading(DescribeServices$, describeServices),
    ListServices: reading(ListServices$, listServices),
  }),
)
