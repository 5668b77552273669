import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DeregisterInstanceCommand,
  paginateListInstances,
  paginateListServices,
  RegisterInstanceCommand,
} from '@aws-sdk/client-servicediscovery'
import AsyncLock from 'async-lock'
import pRetry from 'p-retry'
import { TAG_BACKEND } from '../aws/ownership-tags.ts'
import type { BackendDeps } from '../backend-deps.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'

/** Names in a namespace, each a service of Cloud Map with one instance for each container that has it. */
export interface NameRegistry {
  /** Twice is once; a new address takes the place of the old one. */
  register(namespaceId: string, name: string, containerId: string, address: string): Promise<void>
  /** Twice is once. The name goes with its last container. */
  deregister(namespaceId: string, name: string, containerId: string): Promise<void>
  /** All names, with whoever is left under them. An instance that was just taken out may still count: then once more. */
  clear(namespaceId: string): Promise<void>
}

/** Cloud Map goes on with the last change of an instance in the background, and refuses the next until that is over. */
const BUSY_RETRIES = { minTimeout: 500, factor: 1.5, maxTimeout: 3_000, retries: 8 }

/** How long a resolver may keep an address that is gone, in seconds. */
const RECORD_TTL_SECONDS = 5

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof AwsCallError && names.includes(error.facts.name)

type Deps = Pick<BackendDeps, 'aws' | 'instance' | 'closing'>

export function createNameRegistry({ aws, instance, closing }: Deps): NameRegistry {
  /** Ids of services by name, as read once from each namespace. */
  const known = new Map<string, Map<string, string>>()
  const locks = new AsyncLock()

  async function servicesOf(namespaceId: string): Promise<Map<string, string>> {
    const kept = known.get(namespaceId)
    if (kept !== undefined) return kept
    const services = new Map<string, string>()
    const Filters = [{ Name: 'NAMESPACE_ID' as const, Values: [namespaceId] }]
    for await (const { Services = [] } of paginateListServices({ client: aws.cloudMap('read') }, { Filters })) {
      for (const { Name = '', Id = '' } of Services) services.set(Name.toLowerCase(), Id)
    }
    known.set(namespaceId, services)
    return services
  }

  async function ensureService(namespaceId: string, name: string): Promise<string> {
    const found = (await servicesOf(namespaceId)).get(name)
    if (found !== undefined) return found
    try {
      const { Service } = await aws.cloudMap('write').send(
        new CreateServiceCommand({
          Name: name,
          NamespaceId: namespaceId,
          DnsConfig: { RoutingPolicy: 'MULTIVALUE', DnsRecords: [{ Type: 'A', TTL: RECORD_TTL_SECONDS }] },
          Tags: [{ Key: TAG_BACKEND, Value: instance }],
        }),
      )
      const id = Service?.Id ?? ''
      known.get(namespaceId)?.set(name, id)
      return id
    } catch (error) {
      if (!isNamed(error, 'ServiceAlreadyExists')) throw error
      known.delete(namespaceId)
      return (await servicesOf(namespaceId)).get(name) ?? ''
    }
  }

  const onceIdle = (change: () => Promise<unknown>): Promise<unknown> =>
    pRetry(change, {
      ...BUSY_RETRIES,
      signal: closing,
      shouldRetry: ({ error }) => isNamed(error, 'DuplicateRequest'),
    })

  async function take(ServiceId: string, InstanceId: string): Promise<void> {
    try {
      await onceIdle(() => aws.cloudMap('write').send(new DeregisterInstanceCommand({ ServiceId, InstanceId })))
    } catch (error) {
      if (!isNamed(error, 'InstanceNotFound', 'ServiceNotFound')) throw error
    }
  }

  /** Others may have the name too, and an instance that was just taken out may still count: then it stays. */
  async function drop(Id: string): Promise<boolean> {
    try {
      await aws.cloudMap('write').send(new DeleteServiceCommand({ Id }))
      return true
    } catch (error) {
      if (isNamed(error, 'ServiceNotFound')) return true
      if (isNamed(error, 'ResourceInUse')) return false
      throw error
    }
  }

  return {
    register: (namespaceId, name, containerId, address) =>
      locks.acquire(`${namespaceId}/${name}`, async () => {
        const Attributes = { AWS_INSTANCE_IPV4: address }
        const send = async (): Promise<void> => {
          const ServiceId = await ensureService(namespaceId, name)
          await onceIdle(() =>
            aws.cloudMap('write').send(new RegisterInstanceCommand({ ServiceId, InstanceId: containerId, Attributes })),
          )
        }
        try {
          await send()
        } catch (error) {
          if (!isNamed(error, 'ServiceNotFound')) throw error
          known.delete(namespaceId)
          await send()
        }
      }),
    deregister: (namespaceId, name, containerId) =>
      locks.acquire(`${namespaceId}/${name}`, async () => {
        const services = await servicesOf(namespaceId)
        const id = services.get(name)
        if (id === undefined) return
        await take(id, containerId)
        if (await drop(id)) services.delete(name)
      }),
    async clear(namespaceId) {
      known.delete(namespaceId)
      for (const ServiceId of (await servicesOf(namespaceId)).values()) {
        for await (const { Instances = [] } of paginateListInstances({ client: aws.cloudMap('read') }, { ServiceId })) {
          for (const { Id = '' } of Instances) await take(ServiceId, Id)
        }
        await drop(ServiceId)
      }
      known.delete(namespaceId)
    },
  }
}
