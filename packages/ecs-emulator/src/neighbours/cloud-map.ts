import { discoverInstances, listInstances } from './cloud-map/instances.ts'
import {
  createHttpNamespace,
  createPrivateDnsNamespace,
  deleteNamespace,
  getNamespace,
  getOperation,
  listNamespaces,
} from './cloud-map/namespaces.ts'
import { deregisterInstance, registerInstance } from './cloud-map/registration.ts'
import { createService, deleteService, getService, listServices } from './cloud-map/services.ts'
import { listTagsForResource, tagResource, untagResource } from './cloud-map/tags.ts'
import type { JsonNeighbour } from './json-neighbour.ts'

/**
 * Cloud Map as far as service registries of ECS and registered instances need it. Names of private namespaces resolve in
 * the containers of the docker runtime, and nowhere else.
 */
export const CLOUD_MAP: JsonNeighbour = {
  target: 'Route53AutoNaming_v20170314',
  operations: {
    CreateHttpNamespace: { reads: false, run: createHttpNamespace },
    CreatePrivateDnsNamespace: { reads: false, run: createPrivateDnsNamespace },
    CreateService: { reads: false, run: createService },
    DeregisterInstance: { reads: false, run: deregisterInstance },
    DeleteNamespace: { reads: false, run: deleteNamespace },
    DeleteService: { reads: false, run: deleteService },
    DiscoverInstances: { reads: true, run: discoverInstances },
    GetNamespace: { reads: true, run: getNamespace },
    GetOperation: { reads: true, run: getOperation },
    GetService: { reads: true, run: getService },
    ListInstances: { reads: true, run: listInstances },
    ListNamespaces: { reads: true, run: listNamespaces },
    ListServices: { reads: true, run: listServices },
    ListTagsForResource: { reads: true, run: listTagsForResource },
    RegisterInstance: { reads: false, run: registerInstance },
    TagResource: { reads: false, run: tagResource },
    UntagResource: { reads: false, run: untagResource },
  },
}
