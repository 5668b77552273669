import { DescribeServicesCommand, ECSClient, type Failure, type Service } from '@aws-sdk/client-ecs'
import { AccessDeniedError, UnavailableError } from '@landlord/compute-core'
import { LRUCache } from 'lru-cache'
import { awaitShared } from './await-shared.ts'
import { type AwsCalls, identityOf } from './aws-calls.ts'
import { createBatchesByKey } from './call-batches.ts'
import type { CallPriority, EcsCall, ServiceReading } from './ecs-api.ts'
import type { ServiceTarget } from './service-target.ts'

/** documented: DescribeServices takes at most so many names. */
export const MAX_SERVICES_PER_CALL = 10
const MAX_KEPT_READINGS = 20_000

export interface ServiceReaderOptions {
  readonly calls: AwsCalls
  /** Milliseconds; for how long an answer may be repeated. */
  readonly keptMs: number
  readonly windowMs: number
  readonly now: () => number
  /** Ends when all is closed. */
  readonly closing: AbortSignal
}

export interface ServiceReader {
  read(target: ServiceTarget, call: EcsCall, options: { readonly fresh: boolean }): Promise<ServiceReading>
  /** A write of this process began or ended: what was read before says nothing any more. */
  forget(target: ServiceTarget): void
}

interface Asked {
  readonly target: ServiceTarget
  readonly call: EcsCall
}

/** `order` counts up with each read and write, so that a slow old read never replaces a newer one. */
interface Kept {
  readonly order: number
  readonly reading?: ServiceReading
  readonly readAt: number
}

/** One DescribeServices for up to ten tenants of a cluster. One tenant that gives up does not end it for the others. */
export function createServiceReader(options: ServiceReaderOptions): ServiceReader {
  const { calls, keptMs, windowMs, now, closing } = options
  const kept = new LRUCache<string, Kept>({ max: MAX_KEPT_READINGS })
  let order = 0

  function keep(target: ServiceTarget, readOrder: number, reading: ServiceReading): void {
    const key = serviceKey(target)
    if ((kept.get(key)?.order ?? 0) <= readOrder) kept.set(key, { order: readOrder, reading, readAt: now() })
  }

  async function load(items: readonly Asked[]): Promise<readonly (ServiceReading | Error)[]> {
    order += 1
    const readOrder = order
    const readings = await readAll(calls, items, closing)
    for (const [index, { target }] of items.entries()) {
      const reading = readings[index]
      if (reading !== undefined && !(reading instanceof Error)) keep(target, readOrder, reading)
    }
    return readings
  }

  const batchesByKey = createBatchesByKey<Asked, ServiceReading>()
  const batchesOf = (target: ServiceTarget, priority: CallPriority) =>
    batchesByKey(`${identityOf(target)} ${target.clusterArn} ${priority}`, () => ({
      ...{ limiter: calls.limiter(target, 'services_read'), priority, windowMs, signal: closing },
      maxItems: MAX_SERVICES_PER_CALL,
      load,
    }))

  return {
    async read(target, call, { fresh }) {
      const known = kept.get(serviceKey(target))
      const isYoung = known !== undefined && now() - known.readAt < keptMs
      if (!fresh && isYoung && known.reading !== undefined) return known.reading
      const what = { operation: 'DescribeServices', subject: subjectOf(target) }
      return awaitShared(() => batchesOf(target, call.priority).ask({ target, call }), call, what)
    },
    forget(target) {
      order += 1
      kept.set(serviceKey(target), { order, readAt: 0 })
    },
  }
}

export const subjectOf = ({ serviceName, clusterName }: ServiceTarget): string =>
  `service ${serviceName} of cluster ${clusterName}`

export const serviceKey = (target: ServiceTarget): string =>
  `${identityOf(target)} ${target.clusterArn} ${target.serviceName}`

interface Described {
  readonly services: readonly Service[]
  readonly failures: readonly Failure[]
}

const namesOf = (items: readonly Asked[]): string[] => [...new Set(items.map(({ target }) => target.serviceName))]

/**
 * IAM refuses a call whole for one service that the worker may not look at, e.g. one whose name does not begin as its policy
 * says. The others are not to fail for it, so then each is asked for alone.
 */
async function readAll(
  calls: AwsCalls,
  items: readonly Asked[],
  closing: AbortSignal,
): Promise<readonly (ServiceReading | Error)[]> {
  const read = async (some: readonly Asked[], hasTurn: boolean) => {
    const answer = await describe(calls, some, { closing, hasTurn })
    return some.map(({ target }) => pick(answer, target))
  }
  try {
    return await read(items, true)
  } catch (error) {
    const names = namesOf(items)
    if (!AccessDeniedError.isInstance(error) || names.length === 1) throw error
    const alone = new Map(
      names.map((name) => {
        const one = items.filter(({ target }) => target.serviceName === name).slice(0, 1)
        return [
          name,
          read(one, false).then(
            ([reading]) => reading,
            (thrown: Error) => thrown,
          ),
        ] as const
      }),
    )
    return await Promise.all(items.map(async ({ target }) => (await alone.get(target.serviceName)) ?? error))
  }
}

async function describe(
  calls: AwsCalls,
  items: readonly Asked[],
  { closing, hasTurn }: { readonly closing: AbortSignal; readonly hasTurn: boolean },
): Promise<Described> {
  const [first] = items
  if (first === undefined) return { services: [], failures: [] }
  const { target, call } = first
  const names = namesOf(items)
  const { services = [], failures = [] } = await calls.run({
    Client: ECSClient,
    access: 'read',
    bucket: 'services_read',
    scope: target,
    operation: 'DescribeServices',
    subject: names.length === 1 ? subjectOf(target) : `${names.length} services of cluster ${target.clusterName}`,
    call: { ...call, signal: closing },
    hasTurn,
    send: (client, http) =>
      client.send(
        new DescribeServicesCommand({ cluster: target.clusterArn, services: names, include: ['TAGS'] }),
        http,
      ),
  })
  return { services, failures }
}

/** A batch can hold both, and in theory neither for a name: that is unknown, not gone. */
function pick({ services, failures }: Described, target: ServiceTarget): ServiceReading | Error {
  const service = services.find(({ serviceName }) => serviceName === target.serviceName)
  if (service !== undefined) return { kind: 'found', service }
  const failure = failures.find(({ arn }) => arn?.slice(arn.lastIndexOf('/') + 1) === target.serviceName)
  if (failure?.reason === 'MISSING') return { kind: 'missing' }
  const reason = failure?.reason ?? 'the answer says neither that it is there nor that it is not'
  const message = `DescribeServices for ${subjectOf(target)} did not tell: ${reason}. The call is made again later.`
  return new UnavailableError({ message, details: { operation: 'DescribeServices' } })
}
