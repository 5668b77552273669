import type { EC2Client } from '@aws-sdk/client-ec2'
import { awaitShared } from './await-shared.ts'
import { type AwsCalls, type AwsRequest, type CallScope, identityOf } from './aws-calls.ts'
import { createBatchesByKey } from './call-batches.ts'
import type { EcsApi, EcsCall, SubnetFacts } from './ecs-api.ts'
import { createKeptAnswers, type KeptAnswers } from './kept-answers.ts'

const SUBNETS_KEPT_MS = 5 * 60_000
const MAX_KEPT_SUBNETS = 5000
/** Interfaces asked for at once; EC2 takes up to 1,000 (documented). */
const MAX_INTERFACES_PER_CALL = 100

export interface NetworkFactsOptions {
  readonly calls: AwsCalls
  readonly windowMs: number
  readonly now: () => number
  readonly closing: AbortSignal
}

interface AskedInterface {
  readonly id: string
  readonly scope: CallScope
  readonly call: EcsCall
}

/** What only EC2 knows. Its part of the SDK is loaded at the first question. */
export function createNetworkFacts(options: NetworkFactsOptions): Pick<EcsApi, 'describeSubnets' | 'publicAddresses'> {
  const { calls, closing, now, windowMs } = options
  const subnets: KeptAnswers<readonly SubnetFacts[]> = createKeptAnswers({
    ...{ max: MAX_KEPT_SUBNETS, ttlMs: SUBNETS_KEPT_MS, now, signal: closing },
    what: { operation: 'DescribeSubnets', subject: 'the subnets' },
  })
  const batchesByKey = createBatchesByKey<AskedInterface, string | undefined>()
  const batchesOf = (scope: CallScope, { priority }: EcsCall) =>
    batchesByKey(`${identityOf(scope)} ${priority}`, () => ({
      ...{ limiter: calls.limiter(scope, 'network_read'), priority, windowMs, signal: closing },
      maxItems: MAX_INTERFACES_PER_CALL,
      load: (items) => loadAddresses(calls, items, closing),
    }))

  return {
    async describeSubnets(target, ids, call) {
      const wanted = [...new Set(ids)].sort()
      if (wanted.length === 0) return []
      const key = `${identityOf(target)} ${wanted.join(' ')}`
      return subnets.get(key, call, (shared) => readSubnets(calls, target, wanted, shared))
    },
    async publicAddresses(target, interfaceIds, call) {
      const ids = [...new Set(interfaceIds)]
      if (ids.length === 0) return new Map()
      const batch = batchesOf(target, call)
      const ask = () => Promise.all(ids.map((id) => batch.ask({ id, scope: target, call })))
      const found = await awaitShared(ask, call, {
        operation: 'DescribeNetworkInterfaces',
        subject: 'tasks’ addresses',
      })
      return new Map(
        ids.flatMap((id, index): [string, string][] => {
          const address = found[index]
          return address === undefined ? [] : [[id, address]]
        }),
      )
    },
  }
}

async function readSubnets(
  calls: AwsCalls,
  scope: CallScope,
  ids: readonly string[],
  call: EcsCall,
): Promise<readonly SubnetFacts[]> {
  const { DescribeSubnetsCommand } = await import('@aws-sdk/client-ec2')
  const found = await describeThoseThere(ids, (left) =>
    runEc2(calls, {
      ...{ scope, call, operation: 'DescribeSubnets', subject: `subnets ${left.join(', ')}` },
      send: async (client, http) => {
        const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({ SubnetIds: [...left] }), http)
        return { found: Subnets }
      },
    }),
  )
  return found.flatMap(({ SubnetId: id, VpcId: vpcId = '', AvailabilityZone: availabilityZone = '' }) =>
    id === undefined ? [] : [{ id, vpcId, availabilityZone }],
  )
}

async function loadAddresses(
  calls: AwsCalls,
  items: readonly AskedInterface[],
  closing: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  const [first] = items
  if (first === undefined) return []
  const { DescribeNetworkInterfacesCommand } = await import('@aws-sdk/client-ec2')
  const { scope } = first
  const call = { ...first.call, signal: closing }
  const ids = [...new Set(items.map(({ id }) => id))]
  let hasTurn = true
  const found = await describeThoseThere(ids, (left) => {
    const isFirst = hasTurn
    hasTurn = false
    return runEc2(calls, {
      ...{ scope, call, operation: 'DescribeNetworkInterfaces', hasTurn: isFirst },
      subject: `${left.length} network interfaces`,
      send: async (client, http) => {
        const input = { NetworkInterfaceIds: [...left] }
        const { NetworkInterfaces = [] } = await client.send(new DescribeNetworkInterfacesCommand(input), http)
        return { found: NetworkInterfaces }
      },
    })
  })
  const addresses = new Map(found.map((item) => [item.NetworkInterfaceId, item.Association?.PublicIp]))
  return items.map(({ id }) => addresses.get(id))
}

type Ec2Answer<Found> = { readonly found: readonly Found[] } | { readonly missing: string }

type Ec2Request<Found> = Pick<
  AwsRequest<EC2Client, Ec2Answer<Found>>,
  'scope' | 'call' | 'operation' | 'subject' | 'send' | 'hasTurn'
>

async function runEc2<Found>(calls: AwsCalls, request: Ec2Request<Found>): Promise<Ec2Answer<Found>> {
  const { EC2Client } = await import('@aws-sdk/client-ec2')
  return calls.run<EC2Client, Ec2Answer<Found>>({
    ...{ ...request, Client: EC2Client, access: 'read', bucket: 'network_read' },
    permission: `ec2:${request.operation}`,
    expected: ({ name, message }) => (name.endsWith('ID.NotFound') ? { missing: message } : undefined),
  })
}

/** EC2 refuses the whole call for one id that is not there, and names it; the others are asked for again without. */
async function describeThoseThere<Found>(
  ids: readonly string[],
  ask: (ids: readonly string[]) => Promise<Ec2Answer<Found>>,
): Promise<readonly Found[]> {
  let left = ids
  while (left.length > 0) {
    const answer = await ask(left)
    if ('found' in answer) return answer.found
    const named = left.filter((id) => answer.missing.includes(id))
    if (named.length === 0) return []
    left = left.filter((id) => !named.includes(id))
  }
  return []
}
