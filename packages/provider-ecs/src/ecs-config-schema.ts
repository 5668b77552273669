import type { JsonSchema } from '@landlord/compute-core'
import { deploymentSchema } from './deployment-schema.ts'
import { discoveryProperties } from './discovery-schema.ts'
import { list, object, onOff, text } from './schema-parts.ts'

const PLACE = '[a-z0-9-]+:[0-9]{12}'

const capacityProvider = object(
  'One capacity provider.',
  {
    capacity_provider: text('FARGATE, FARGATE_SPOT or the name of one of the cluster’s own.', {
      pattern: '^[A-Za-z0-9_-]{1,255}$',
    }),
    weight: {
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      default: 0,
      description: 'Its share of the tasks beyond the base. Default 0; among several at least one must be above 0.',
    },
    base: {
      type: 'integer',
      minimum: 0,
      maximum: 100_000,
      default: 0,
      description: 'How many tasks it gets before weights count. Default 0; at most one may have it.',
    },
  },
  ['capacity_provider'],
)

const assumeRole = object(
  'The role to act as, e.g. in another account. Default: the worker’s own credentials.',
  {
    role_arn: text('A role of the cluster’s account, e.g. arn:aws:iam::111122223333:role/landlord.', {
      pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/([!-~]+/)?[A-Za-z0-9_+=,.@-]{1,64}$',
    }),
    external_id: text('What the role’s owner asks of whoever assumes it: 2 to 1224 letters, digits or _+=,.@:/-', {
      pattern: '^[A-Za-z0-9_+=,.@:/-]{2,1224}$',
      writeOnly: true,
    }),
    session_name: text(
      'The name in the account’s trail: 2 to 64 letters, digits or _+=,.@-. Default: installation and tenant.',
      { pattern: '^[A-Za-z0-9_+=,.@-]{2,64}$' },
    ),
  },
  ['role_arn'],
)

const placementConstraint = object(
  'One constraint.',
  {
    type: { enum: ['distinctInstance', 'memberOf'], description: 'distinctInstance or memberOf.' },
    expression: text('memberOf only: a cluster query, e.g. attribute:ecs.instance-type =~ g4dn.*', { maxLength: 2000 }),
  },
  ['type'],
)

const placementStrategy = object(
  'One rule; they apply in their order.',
  {
    type: { enum: ['random', 'spread', 'binpack'], description: 'random, spread or binpack.' },
    field: text('spread: instanceId or an attribute, e.g. attribute:ecs.availability-zone. binpack: cpu or memory.'),
  },
  ['type'],
)

/** What the `compute_config` of a tenant may hold. */
export const tenantProperties: Readonly<Record<string, JsonSchema>> = {
  cluster_arn: text('The cluster by its ARN, e.g. arn:aws:ecs:eu-central-1:111122223333:cluster/main.', {
    pattern: `^arn:aws[a-z-]*:ecs:${PLACE}:cluster/[A-Za-z0-9_-]{1,255}$`,
  }),
  task_definition_arn: text(
    'The task definition by its ARN with the revision, e.g. arn:aws:ecs:eu-central-1:111122223333:task-definition/web:7. A family alone would mean whatever is newest at the time of each call.',
    { pattern: `^arn:aws[a-z-]*:ecs:${PLACE}:task-definition/[A-Za-z0-9_-]{1,255}:[1-9][0-9]*$` },
  ),
  service_name: text('The whole name of the service, for this one tenant. Not together with service_name_prefix.', {
    pattern: '^[A-Za-z0-9_-]{1,255}$',
  }),
  service_name_prefix: text(
    'Start of the service’s name, before the tenant’s id: up to 200 letters, digits, "_" or "-". Default landlord-tenant-.',
    { pattern: '^[A-Za-z0-9_-]{1,200}$', default: 'landlord-tenant-' },
  ),
  region: text('The cluster’s region. Default: from cluster_arn.', { pattern: '^[a-z]{2,}(-[a-z]+)+-[0-9]+$' }),
  desired_count: {
    type: 'integer',
    minimum: 0,
    maximum: 100_000,
    description: 'How many tasks. Default: 1 at creation, and from then on left as it is, e.g. to an autoscaler.',
  },
  launch_type: {
    enum: ['FARGATE', 'EC2', 'EXTERNAL'],
    description:
      'Not together with capacity_provider_strategy. Default: FARGATE when subnets are given, else the cluster’s default strategy at creation, then left as it is.',
  },
  capacity_provider_strategy: list(
    'Which capacity providers run the tasks. Not together with launch_type.',
    capacityProvider,
    { minItems: 1, maxItems: 20 },
  ),
  platform_version: text('Fargate only: LATEST or e.g. 1.4.0. Default LATEST.', {
    pattern: '^(LATEST|[0-9]+\\.[0-9]+\\.[0-9]+)$',
    default: 'LATEST',
  }),
  subnets: list(
    'Subnets of one VPC for the tasks’ network interfaces. Needed for Fargate and the awsvpc network mode.',
    text('A subnet’s id, e.g. subnet-0a1b2c3d.', { pattern: '^subnet-[0-9a-zA-Z]+$' }),
    { minItems: 1, maxItems: 16, uniqueItems: true },
  ),
  security_groups: list(
    'Security groups of the subnets’ VPC. Default: the VPC’s default group.',
    text('A security group’s id, e.g. sg-0a1b2c3d.', { pattern: '^sg-[0-9a-zA-Z]+$' }),
    { maxItems: 5, uniqueItems: true },
  ),
  assign_public_ip: onOff('Gives each task a public address; Fargate only', false),
  tags: {
    type: 'object',
    additionalProperties: { type: 'string', maxLength: 256, description: 'At most 256 characters.' },
    description:
      'Tags of the service, over the tenant’s labels. Keys that start with "landlord." or "aws:" are reserved.',
  },
  assume_role: assumeRole,
  deployment: deploymentSchema,
  ...discoveryProperties,
  enable_execute_command: onOff('Lets people run commands inside the tasks', false),
  enable_ecs_managed_tags: onOff('Tags new tasks with their cluster and service; needs propagate_tags', false),
  propagate_tags: {
    enum: ['none', 'service', 'task_definition'],
    default: 'none',
    description: 'Whose tags new tasks get. Default none. Tasks that run already keep what they have.',
  },
  availability_zone_rebalancing: {
    type: 'boolean',
    description:
      'Moves tasks when zones get uneven. Default true where it can work: deployment.maximum_percent above 100, no launch_type EXTERNAL, and placement_strategy absent or beginning with a spread over attribute:ecs.availability-zone.',
  },
  placement_constraints: list('EC2 only: where tasks may run. Default: anywhere.', placementConstraint, {
    maxItems: 10,
  }),
  placement_strategy: list('EC2 only: how tasks are placed. Default: the cluster’s own.', placementStrategy, {
    maxItems: 5,
  }),
  health_check_grace_period_seconds: {
    type: 'integer',
    minimum: 0,
    maximum: 2_147_483_647,
    default: 0,
    description: 'With load_balancers only: how long failing health checks of a new task do not count. Default 0.',
  },
  force_delete: onOff('Deletes the service together with its running tasks; false: scales it to 0 first', true),
  wait_for_steady_state: onOff('A change is done when its tasks run; false: when ECS has accepted it', true),
  on_failed_update: {
    enum: ['rollback', 'leave'],
    default: 'rollback',
    description:
      'What happens to a deployment whose tasks fail. rollback (default): ECS goes back to the last one that worked. leave: it stops there.',
  },
  replace: {
    enum: ['refuse', 'allow'],
    default: 'refuse',
    description:
      'For changes that ECS cannot make to a service that exists (cluster, name, launch type EC2 or EXTERNAL). refuse (default): an error. allow: the service is deleted and made anew, with an outage.',
  },
}

/** A tenant's resolved configuration, draft 2020-12. */
export const ecsConfigSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'ECS tenant configuration',
  type: 'object',
  additionalProperties: false,
  required: ['cluster_arn', 'task_definition_arn'],
  properties: tenantProperties as JsonSchema,
}
