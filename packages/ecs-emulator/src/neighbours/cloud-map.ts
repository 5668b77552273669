import { discoverInstances, listInstances } from './cloud-map/instances.ts'
import {
  createHttpNamespace,
  createPrivateDnsNamespace,
  deleteNamespace,
  getNamespace,
  getOperation,
  listNamespaces,
} from './cloud-map/namespaces.ts'
import { createService, deleteService, getService, listServices } from './cloud-map/services.ts'
import type { JsonNeighbour } from './json-neighbour.ts'

/** Cloud Map as far as service registries of ECS need it. Nothing answers over DNS. */
export const CLOUD_MAP: JsonNeighbour = {
  target: 'Route53AutoNaming_v20170314',
  operations: {
    CreateHttpNamespace: { reads: false, run: createHttpNamespace },
    CreatePrivateDnsNamespace: { reads: false, run: createPrivateDnsNamespace },
    CreateService: { reads: false, run: createService },
    DeleteNamespace: { reads: false, run: deleteNamespace },
    DeleteService: { reads: false, run: deleteService },
    DiscoverInstances: { reads: true, run: discoverInstances },
    GetNamespace: { reads: true, run: getNamespace },
    GetOperation: { reads: true, run: getOperation },
    GetService: { reads: true, run: getService },
    ListInstances: { reads: true, run: listInstances },
    ListNamespaces: { reads: true, run: listNamespaces },
    ListServices: { reads: true, run: listServices },
  },
}
