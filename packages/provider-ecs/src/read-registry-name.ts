import type { ServiceDiscoveryClient } from '@aws-sdk/client-servicediscovery'
import type { AwsCalls, AwsRequest } from './aws-calls.ts'
import type { EcsCall } from './ecs-api.ts'
import type { ServiceTarget } from './service-target.ts'

/** `arn:…:servicediscovery:…:service/srv-…`; undefined for a registry without DNS, or one that is not there. */
export async function readRegistryName(
  calls: AwsCalls,
  target: ServiceTarget,
  registryArn: string,
  call: EcsCall,
): Promise<string | undefined> {
  const sdk = await import('@aws-sdk/client-servicediscovery')
  const read = <Answer>(operation: string, send: AwsRequest<ServiceDiscoveryClient, Answer>['send']) =>
    calls.run<ServiceDiscoveryClient, Answer | { readonly absent: true }>({
      ...{ Client: sdk.ServiceDiscoveryClient, access: 'read', bucket: 'registries_read', scope: target, call },
      ...{ operation, send, subject: `registry ${registryArn}`, permission: `servicediscovery:${operation}` },
      expected: ({ name }) => (/^(Service|Namespace)NotFound$/.test(name) ? { absent: true } : undefined),
    })
  const id = registryArn.slice(registryArn.lastIndexOf('/') + 1)
  const registry = await read('GetService', (client, http) => client.send(new sdk.GetServiceCommand({ Id: id }), http))
  if ('absent' in registry) return undefined
  const { Name: name, NamespaceId: namespaceId } = registry.Service ?? {}
  if (name === undefined || namespaceId === undefined) return undefined
  const namespace = await read('GetNamespace', (client, http) =>
    client.send(new sdk.GetNamespaceCommand({ Id: namespaceId }), http),
  )
  if ('absent' in namespace || namespace.Namespace?.Type === 'HTTP') return undefined
  const domain = namespace.Namespace?.Name
  return domain === undefined ? undefined : `${name}.${domain}`
}
