import {
  describeListenerAttributes,
  describeLoadBalancerAttributes,
  modifyListenerAttributes,
  modifyLoadBalancerAttributes,
} from './elbv2/balancing-attributes.ts'
import { createListener, deleteListener, describeListeners } from './elbv2/listeners.ts'
import { createLoadBalancer, deleteLoadBalancer, describeLoadBalancers } from './elbv2/load-balancers.ts'
import { addTags, describeTags } from './elbv2/tags.ts'
import {
  createTargetGroup,
  deleteTargetGroup,
  describeTargetGroupAttributes,
  describeTargetGroups,
  modifyTargetGroupAttributes,
} from './elbv2/target-groups.ts'
import { deregisterTargets, describeTargetHealth, registerTargets } from './elbv2/targets.ts'
import type { QueryNeighbour } from './query-neighbour.ts'

const READS = {
  DescribeListenerAttributes: describeListenerAttributes,
  DescribeListeners: describeListeners,
  DescribeLoadBalancerAttributes: describeLoadBalancerAttributes,
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeTags: describeTags,
  DescribeTargetGroupAttributes: describeTargetGroupAttributes,
  DescribeTargetGroups: describeTargetGroups,
  DescribeTargetHealth: describeTargetHealth,
}

const WRITES = {
  AddTags: addTags,
  CreateListener: createListener,
  CreateLoadBalancer: createLoadBalancer,
  CreateTargetGroup: createTargetGroup,
  DeleteListener: deleteListener,
  DeleteLoadBalancer: deleteLoadBalancer,
  DeleteTargetGroup: deleteTargetGroup,
  DeregisterTargets: deregisterTargets,
  ModifyListenerAttributes: modifyListenerAttributes,
  ModifyLoadBalancerAttributes: modifyLoadBalancerAttributes,
  ModifyTargetGroupAttributes: modifyTargetGroupAttributes,
  RegisterTargets: registerTargets,
}

/** Elastic Load Balancing as far as services of ECS need it: application and network load balancers that forward. */
export const ELBV2: QueryNeighbour = {
  version: '2015-12-01',
  style: 'result',
  operations: { ...READS, ...WRITES },
  writes: new Set(Object.keys(WRITES)),
}
