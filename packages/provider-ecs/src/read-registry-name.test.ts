import {
  CreatePrivateDnsNamespaceCommand,
  CreateServiceCommand,
  GetOperationCommand,
  ServiceDiscoveryClient,
} from '@aws-sdk/client-servicediscovery'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, callOf, serviceTarget, startCalls } from './__fixtures__/start-calls.ts'

const SHOP = serviceTarget('shop')

describe('registryName, of the emulated Cloud Map', () => {
  it('is service and namespace', async () => {
    const { api, emulator } = await startCalls()
    const discovery = new ServiceDiscoveryClient({
      endpoint: emulator.url,
      region: emulator.region,
      credentials: CREDENTIALS,
    })
    onTestFinished(() => discovery.destroy())
    const namespace = { Name: 'fleet.local', Vpc: 'vpc-1' }
    const { OperationId } = await discovery.send(new CreatePrivateDnsNamespaceCommand(namespace))
    const { Operation } = await discovery.send(new GetOperationCommand({ OperationId }))
    const DnsConfig = { NamespaceId: Operation?.Targets?.NAMESPACE, DnsRecords: [{ Type: 'A' as const, TTL: 10 }] }
    const { Service } = await discovery.send(new CreateServiceCommand({ Name: 'shop', DnsConfig }))
    expect(await api.registryName(SHOP, Service?.Arn ?? '', callOf('background'))).toBe('shop.fleet.local')
    expect(await api.registryName(SHOP, `${Service?.Arn}gone`, callOf('background'))).toBeUndefined()
  })
})
