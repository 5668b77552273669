import type { JsonSchema } from '@landlord/compute-core'
import { list, object, text } from './schema-parts.ts'

const port = (description: string): JsonSchema => ({ type: 'integer', minimum: 1, maximum: 65_535, description })

const container = text('The container’s name in the task definition.', { pattern: '^[A-Za-z0-9_-]{1,255}$' })

const loadBalancer = object(
  'One target group.',
  {
    target_group_arn: text('The target group of an application or network load balancer, by its ARN.', {
      pattern: '^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[!-~]+$',
    }),
    container_name: container,
    container_port: port('The container’s port.'),
  },
  ['target_group_arn', 'container_name', 'container_port'],
)

const serviceRegistry = object(
  'One Cloud Map service.',
  {
    registry_arn: text('The Cloud Map service by its ARN.', {
      pattern: '^arn:aws[a-z-]*:servicediscovery:[a-z0-9-]+:[0-9]{12}:service/[!-~]+$',
    }),
    port: port('For SRV records with the awsvpc network mode. Not together with container_port.'),
    container_name: container,
    container_port: port('For SRV records: the container’s port. Needs container_name.'),
  },
  ['registry_arn'],
)

const connectService = object(
  'One endpoint that the service offers.',
  {
    port_name: text('The name of a port mapping of the task definition.', { pattern: '^[a-z0-9_-]{1,64}$' }),
    discovery_name: text(
      'Its name in the namespace, unique there: up to 64 lower-case letters, digits, "_" or "-". Default: port_name.',
      { pattern: '^[a-z0-9_][a-z0-9_-]{0,63}$' },
    ),
    client_aliases: list(
      'Under which name and port clients reach it.',
      object(
        'One name and port.',
        {
          port: port('The port that clients use.'),
          dns_name: text('The name that clients use. Default: <discovery_name>.<namespace>.', {
            pattern: '^[a-z0-9_.][a-z0-9_.-]{0,126}$',
          }),
        },
        ['port'],
      ),
      { minItems: 1, maxItems: 1 },
    ),
  },
  ['port_name'],
)

/** How others find the service. */
export const discoveryProperties: Readonly<Record<string, JsonSchema>> = {
  load_balancers: list('Target groups that get the tasks. Default: none.', loadBalancer, { maxItems: 5 }),
  service_registries: list('The Cloud Map service that gets the tasks. Default: none.', serviceRegistry, {
    maxItems: 1,
  }),
  service_connect: object('Joins a Service Connect namespace. Default: not.', {
    namespace: text('The namespace’s name or ARN. Default: the cluster’s.', { minLength: 1, maxLength: 1024 }),
    services: list('What the service offers there. Default: nothing, it is a client only.', connectService),
  }),
}
