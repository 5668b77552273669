import type {
  ElasticLoadBalancingV2Client,
  Listener,
  LoadBalancer,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { AwsCalls, AwsRequest } from './aws-calls.ts'
import type { EcsCall, LoadBalancerAddress } from './ecs-api.ts'
import type { ServiceTarget } from './service-target.ts'

/** Where the load balancers of these target groups listen. A listener counts that forwards to the group by its default or a rule. */
export async function readLoadBalancerAddresses(
  calls: AwsCalls,
  target: ServiceTarget,
  targetGroupArns: readonly string[],
  call: EcsCall,
): Promise<readonly LoadBalancerAddress[]> {
  const reads = await createReads(calls, target, call)
  const groups = await reads.targetGroups(targetGroupArns)
  const balancerArns = [...new Set(groups.flatMap(({ LoadBalancerArns = [] }) => LoadBalancerArns))]
  if (balancerArns.length === 0) return []
  const balancers = await reads.loadBalancers(balancerArns)
  const addresses: LoadBalancerAddress[] = []
  for (const balancer of balancers) {
    const listeners = await reads.listeners(balancer)
    addresses.push(...groups.flatMap((group) => addressesOf(balancer, listeners, group)))
  }
  return addresses
}

function addressesOf(
  balancer: LoadBalancer,
  listeners: readonly Listener[],
  group: TargetGroup,
): readonly LoadBalancerAddress[] {
  const { TargetGroupArn: targetGroupArn, LoadBalancerArns = [] } = group
  const { DNSName: host, LoadBalancerArn } = balancer
  if (targetGroupArn === undefined || host === undefined || !LoadBalancerArns.includes(LoadBalancerArn ?? '')) return []
  // Where no listener's default leads to the group its rules do (a path, a host name): then every listener may.
  const direct = listeners.filter((listener) => forwardsTo(listener, targetGroupArn))
  return (direct.length > 0 ? direct : listeners).flatMap(({ Port: port, Protocol }) =>
    port === undefined ? [] : [{ targetGroupArn, host, port, protocol: protocolOf(Protocol) }],
  )
}

function forwardsTo({ DefaultActions = [] }: Listener, targetGroupArn: string): boolean {
  return DefaultActions.some(
    ({ TargetGroupArn, ForwardConfig }) =>
      TargetGroupArn === targetGroupArn ||
      ForwardConfig?.TargetGroups?.some((group) => group.TargetGroupArn === targetGroupArn) === true,
  )
}

/** Network load balancers speak TCP, TLS, UDP and TCP_UDP. */
function protocolOf(protocol: string | undefined): LoadBalancerAddress['protocol'] {
  if (protocol === 'HTTP') return 'http'
  if (protocol === 'HTTPS') return 'https'
  return protocol === 'UDP' || protocol === 'QUIC' ? 'udp' : 'tcp'
}

interface LoadBalancerReads {
  targetGroups(arns: readonly string[]): Promise<readonly TargetGroup[]>
  loadBalancers(arns: readonly string[]): Promise<readonly LoadBalancer[]>
  listeners(balancer: LoadBalancer): Promise<readonly Listener[]>
}

/** Loads its part of the SDK at the first question. What is not there (any more) answers with none. */
async function createReads(calls: AwsCalls, scope: ServiceTarget, call: EcsCall): Promise<LoadBalancerReads> {
  const sdk = await import('@aws-sdk/client-elastic-load-balancing-v2')
  const read = <Item>(
    operation: string,
    subject: string,
    send: AwsRequest<ElasticLoadBalancingV2Client, readonly Item[]>['send'],
  ): Promise<readonly Item[]> =>
    calls.run<ElasticLoadBalancingV2Client, readonly Item[]>({
      ...{ Client: sdk.ElasticLoadBalancingV2Client, access: 'read', bucket: 'load_balancers_read', scope, call },
      ...{ operation, subject, send, permission: `elasticloadbalancing:${operation}` },
      expected: ({ name }) => (/^(TargetGroup|LoadBalancer)NotFound/.test(name) ? [] : undefined),
    })
  return {
    targetGroups: (arns) =>
      read('DescribeTargetGroups', `target groups ${arns.join(', ')}`, async (client, http) => {
        const command = new sdk.DescribeTargetGroupsCommand({ TargetGroupArns: [...arns] })
        return (await client.send(command, http)).TargetGroups ?? []
      }),
    loadBalancers: (arns) =>
      read('DescribeLoadBalancers', `load balancers ${arns.join(', ')}`, async (client, http) => {
        const command = new sdk.DescribeLoadBalancersCommand({ LoadBalancerArns: [...arns] })
        return (await client.send(command, http)).LoadBalancers ?? []
      }),
    listeners: ({ LoadBalancerArn }) =>
      read('DescribeListeners', `load balancer ${LoadBalancerArn}`, async (client, http) => {
        const command = new sdk.DescribeListenersCommand({ LoadBalancerArn })
        return (await client.send(command, http)).Listeners ?? []
      }),
  }
}
