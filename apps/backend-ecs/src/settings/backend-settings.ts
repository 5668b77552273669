import { type Static, Type } from 'typebox'

const file = (description: string) => Type.String({ minLength: 1, description })
const arn = (service: string, description: string) =>
  Type.String({ pattern: `^arn:aws[a-z-]*:${service}:`, description })
const ids = (prefix: string, description: string) =>
  Type.Array(Type.String({ pattern: `^${prefix}-[0-9A-Za-z]+$` }), { minItems: 1, uniqueItems: true, description })

const ecs = Type.Object(
  {
    region: Type.String({ pattern: '^[a-z]{2}(-[a-z]+)+-\\d$', 'x-env': ['AWS_REGION'], description: 'AWS Region.' }),
    cluster: Type.String({ minLength: 1, description: 'ECS cluster, by name or ARN. It must exist.' }),
    subnets: ids('subnet', 'Subnets of one VPC that tasks run in.'),
    security_groups: ids('sg', 'Security groups that every task gets.'),
    execution_role_arn: arn('iam', 'Role with which ECS pulls images and writes logs.'),
    task_role_arn: Type.Optional(
      arn('iam', 'Role of the containers themselves; exec and attach with stdin need it (ssmmessages).'),
    ),
    efs_filesystem_id: Type.Optional(
      Type.String({
        pattern: '^fs-[0-9a-z]+$',
        description: 'EFS file system of named volumes; without it there are none.',
      }),
    ),
    ecr_repository: Type.Optional(
      Type.String({
        pattern:
          '^(\\d{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?|(localhost|127[.0-9]+):\\d+)/[a-z0-9]+([._/-][a-z0-9]+)*$',
        description:
          'Repository of ECR, as `<account>.dkr.ecr.<region>.amazonaws.com/<name>`, that `docker load` pushes to; without it nothing is loaded.',
      }),
    ),
    log_group: Type.String({
      pattern: '^[.\\-_/#A-Za-z0-9]{1,512}$',
      default: '/sockerless/containers',
      description: 'CloudWatch log group of containers; made when it is missing.',
    }),
    assign_public_ip: Type.Boolean({
      default: false,
      description: 'Whether tasks get a public address: needed in public subnets without a NAT gateway.',
    }),
    cpu_architecture: Type.Enum(['X86_64', 'ARM64'], {
      default: 'X86_64',
      description: 'Platform of tasks and images.',
    }),
    default_cpus: Type.Number({
      minimum: 0.25,
      maximum: 16,
      default: 0.25,
      description: 'vCPUs where a container asks for none.',
    }),
    default_memory_mib: Type.Integer({
      minimum: 512,
      maximum: 122_880,
      default: 512,
      description: 'Memory in MiB where a container asks for none.',
    }),
    start_timeout_seconds: Type.Integer({
      minimum: 10,
      maximum: 3600,
      default: 600,
      description: 'How long `docker start` waits for Fargate to start a task.',
    }),
    instance: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$',
        description:
          'Tells the containers of this backend from those of others in the cluster. Default: from host name and data_dir; name it where the host name changes.',
      }),
    ),
  },
  { additionalProperties: false, description: 'Where and how containers run.' },
)

/** The settings file of `backend-ecs`, and what flags and variables may set. */
export const backendSettingsSchema = Type.Object(
  {
    addr: Type.String({
      pattern: '^(unix://)?/.+|^tcp://.+:\\d+$',
      default: 'unix:///var/run/sockerless-backend.sock',
      description: 'Where to listen: `unix:///path` or `tcp://host:port`.',
    }),
    data_dir: Type.String({
      minLength: 1,
      default: '/var/lib/sockerless-backend',
      description: 'Folder of the state file; `:memory:` keeps the state in memory only.',
    }),
    token: Type.Optional(
      Type.String({
        minLength: 16,
        writeOnly: true,
        description: 'Bearer token that every request over TCP must show.',
      }),
    ),
    tls: Type.Optional(
      Type.Object(
        {
          cert_file: file("PEM: the server's certificate, with the chain behind it."),
          key_file: file('PEM: its private key.'),
          client_ca_file: Type.Optional(
            file('PEM: authorities of client certificates. With it, nobody connects without such a certificate.'),
          ),
        },
        { additionalProperties: false, description: 'TLS over TCP.' },
      ),
    ),
    shutdown_grace_seconds: Type.Integer({
      minimum: 0,
      maximum: 600,
      default: 10,
      description: 'How long requests under way may go on after SIGTERM or SIGINT.',
    }),
    log: Type.Object(
      { level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], { default: 'info' }) },
      { default: {}, additionalProperties: false, description: 'What the process writes about itself, as JSON lines.' },
    ),
    ecs,
  },
  { additionalProperties: false, title: 'backend-ecs settings' },
)

/** Effective settings, complete with defaults. */
export type BackendSettings = Static<typeof backendSettingsSchema>
export type EcsSettings = BackendSettings['ecs']
