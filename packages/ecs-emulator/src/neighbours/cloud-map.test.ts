import { DeleteServiceCommand } from '@aws-sdk/client-ecs'
import {
  CreateHttpNamespaceCommand,
  CreatePrivateDnsNamespaceCommand,
  CreateServiceCommand,
  DeleteServiceCommand as DeleteDiscoveryServiceCommand,
  DeleteNamespaceCommand,
  DeregisterInstanceCommand,
  DiscoverInstancesCommand,
  GetNamespaceCommand,
  GetOperationCommand,
  GetServiceCommand,
  ListInstancesCommand,
  ListNamespacesCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  RegisterInstanceCommand,
  ServiceDiscoveryClient,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-servicediscovery'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present, startAccount, type TestAccount } from '../__fixtures__/start-account.ts'

interface DiscoveryAccount extends TestAccount {
  readonly discovery: ServiceDiscoveryClient
  readonly namespaceId: string
  readonly registry: { readonly id: string; readonly arn: string }
}

/** An account with the private namespace `fleet.local` and in it the service `shop`. */
async function startDiscovery(): Promise<DiscoveryAccount> {
  const account = await startAccount()
  const { url: endpoint, region } = account.emulator
  // DiscoverInstances would go to `data-` and the endpoint's name otherwise.
  const discovery = new ServiceDiscoveryClient({
    endpoint,
    region,
    credentials: CREDENTIALS,
    disableHostPrefix: true,
    maxAttempts: 1,
  })
  onTestFinished(() => discovery.destroy())
  const created = await discovery.send(new CreatePrivateDnsNamespaceCommand({ Name: 'fleet.local', Vpc: 'vpc-1' }))
  const { Operation } = await discovery.send(new GetOperationCommand({ OperationId: created.OperationId }))
  const namespaceId = present(Operation?.Targets?.NAMESPACE)
  const DnsConfig = { NamespaceId: namespaceId, DnsRecords: [{ Type: 'A' as const, TTL: 10 }] }
  const { Service } = await discovery.send(new CreateServiceCommand({ Name: 'shop', DnsConfig }))
  return { ...account, discovery, namespaceId, registry: { id: present(Service?.Id), arn: present(Service?.Arn) } }
}

const SHOP = { NamespaceName: 'fleet.local', ServiceName: 'shop' }

it('leads from a registry to its namespace', async () => {
  const { discovery, registry, namespaceId } = await startDiscovery()
  const { Service } = await discovery.send(new GetServiceCommand({ Id: registry.id }))
  expect(Service).toMatchObject({ Name: 'shop', Arn: registry.arn, Type: 'DNS_HTTP', InstanceCount: 0 })
  const { Namespace } = await discovery.send(new GetNamespaceCommand({ Id: namespaceId }))
  expect(Namespace).toMatchObject({ Name: 'fleet.local', Type: 'DNS_PRIVATE', ServiceCount: 1 })
  expect(Namespace?.CreateDate).toEqual(new Date('2026-01-01T00:00:00Z'))
})

it('lists by namespace and by type', async () => {
  const { discovery, namespaceId } = await startDiscovery()
  await discovery.send(new CreateHttpNamespaceCommand({ Name: 'other' }))
  const services = async (id: string) => {
    const Filters = [{ Name: 'NAMESPACE_ID' as const, Values: [id] }]
    return (await discovery.send(new ListServicesCommand({ Filters }))).Services?.map(({ Name }) => Name)
  }
  expect(await services(namespaceId)).toEqual(['shop'])
  expect(await services('ns-other')).toEqual([])
  const Filters = [{ Name: 'TYPE' as const, Values: ['HTTP'] }]
  const { Namespaces } = await discovery.send(new ListNamespacesCommand({ Filters }))
  expect(Namespaces?.map(({ Name }) => Name)).toEqual(['other'])
})

it('finds the tasks of a service while they run', async () => {
  const { discovery, registry, create, pass, tasks, ecs } = await startDiscovery()
  await create({ serviceRegistries: [{ registryArn: registry.arn }] })
  const found = async () =>
    ((await discovery.send(new DiscoverInstancesCommand(SHOP))).Instances ?? []).map(({ Attributes }) => Attributes)
  expect(await found()).toEqual([])
  pass(40)
  const [task] = await tasks()
  const address = task?.containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address
  expect(await found()).toHaveLength(2)
  expect(await found()).toContainEqual(
    expect.objectContaining({ AWS_INSTANCE_IPV4: address, ECS_SERVICE_NAME: 'shop', ECS_CLUSTER_NAME: 'fleet' }),
  )
  const { Instances } = await discovery.send(new ListInstancesCommand({ ServiceId: registry.id }))
  expect(Instances).toHaveLength(2)
  await expect(discovery.send(new DeleteDiscoveryServiceCommand({ Id: registry.id }))).rejects.toMatchObject({
    name: 'ResourceInUse',
  })
  await ecs.send(new DeleteServiceCommand({ cluster: 'fleet', service: 'shop', force: true }))
  pass(2)
  expect(await found()).toEqual([])
})

it('refuses a service of ECS whose registry is not there', async () => {
  const { create, registry } = await startDiscovery()
  await expect(create({ serviceRegistries: [{ registryArn: `${registry.arn}x` }] })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  })
})

it('deletes services before their namespace', async () => {
  const { discovery, namespaceId, registry, emulator } = await startDiscovery()
  const deleteNamespace = new DeleteNamespaceCommand({ Id: namespaceId })
  await expect(discovery.send(deleteNamespace)).rejects.toMatchObject({ name: 'ResourceInUse' })
  await discovery.send(new DeleteDiscoveryServiceCommand({ Id: registry.id }))
  await discovery.send(deleteNamespace)
  await expect(discovery.send(new GetNamespaceCommand({ Id: namespaceId }))).rejects.toMatchObject({
    name: 'NamespaceNotFound',
  })
  await expect(discovery.send(new GetServiceCommand({ Id: registry.id }))).rejects.toMatchObject({
    name: 'ServiceNotFound',
  })
  // Cloud Map's operations must not pass for those of ECS that have the same names.
  expect(emulator.control.counters().calls.DeleteService).toBeUndefined()
})

it('refuses names that are taken', async () => {
  const { discovery, namespaceId } = await startDiscovery()
  await expect(discovery.send(new CreateHttpNamespaceCommand({ Name: 'fleet.local' }))).rejects.toMatchObject({
    name: 'NamespaceAlreadyExists',
  })
  const again = new CreateServiceCommand({ Name: 'shop', NamespaceId: namespaceId })
  await expect(discovery.send(again)).rejects.toMatchObject({ name: 'ServiceAlreadyExists' })
})

it('registers instances, which replace those of the same id, and takes them out', async () => {
  const { discovery, registry } = await startDiscovery()
  const instance = { ServiceId: registry.id, InstanceId: 'one' }
  const register = (Attributes: Record<string, string>) =>
    discovery.send(new RegisterInstanceCommand({ ...instance, Attributes }))
  await expect(register({ port: '1' })).rejects.toMatchObject({ name: 'InvalidInput' })
  await register({ AWS_INSTANCE_IPV4: '10.0.0.1' })
  const { OperationId } = await register({ AWS_INSTANCE_IPV4: '10.0.0.2' })
  const { Operation } = await discovery.send(new GetOperationCommand({ OperationId }))
  expect(Operation).toMatchObject({ Type: 'REGISTER_INSTANCE', Status: 'SUCCESS', Targets: { INSTANCE: 'one' } })
  const { Instances } = await discovery.send(new DiscoverInstancesCommand(SHOP))
  expect(Instances).toMatchObject([{ InstanceId: 'one', Attributes: { AWS_INSTANCE_IPV4: '10.0.0.2' } }])
  const remove = new DeleteDiscoveryServiceCommand({ Id: registry.id })
  await expect(discovery.send(remove)).rejects.toMatchObject({ name: 'ResourceInUse' })
  await discovery.send(new DeregisterInstanceCommand(instance))
  await expect(discovery.send(new DeregisterInstanceCommand(instance))).rejects.toMatchObject({
    name: 'InstanceNotFound',
  })
  await discovery.send(remove)
})

it('keeps tags of namespaces and services', async () => {
  const { discovery, registry } = await startDiscovery()
  const ResourceARN = registry.arn
  await discovery.send(
    new TagResourceCommand({
      ResourceARN,
      Tags: [
        { Key: 'team', Value: 'a' },
        { Key: 'x', Value: '' },
      ],
    }),
  )
  await discovery.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['x'] }))
  const { Tags } = await discovery.send(new ListTagsForResourceCommand({ ResourceARN }))
  expect(Tags).toEqual([{ Key: 'team', Value: 'a' }])
  const unknown = new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}x` })
  await expect(discovery.send(unknown)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

it('gives long lists in pages', async () => {
  const { discovery } = await startDiscovery()
  await discovery.send(new CreateHttpNamespaceCommand({ Name: 'other' }))
  const first = await discovery.send(new ListNamespacesCommand({ MaxResults: 1 }))
  const second = await discovery.send(new ListNamespacesCommand({ MaxResults: 1, NextToken: first.NextToken }))
  expect([first, second].map(({ Namespaces }) => Namespaces?.[0]?.Name)).toEqual(['fleet.local', 'other'])
  expect(second.NextToken).toBeUndefined()
})
