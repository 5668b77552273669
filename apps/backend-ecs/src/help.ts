/** What `--help` prints. */
export const HELP = `landlord-backend-ecs: the Docker Engine API on Amazon ECS. Point DOCKER_HOST at it, and docker runs on Fargate.

  landlord-backend-ecs [flags]               listens until SIGTERM or SIGINT
  landlord-backend-ecs config check [flags]  shows the settings and where each is from, or every problem in them

  --config <file>              settings file; default: backend-ecs.yaml, /etc/sockerless/backend-ecs.yaml
  --addr <address>             unix:///path or tcp://host:port; default unix:///var/run/sockerless-backend.sock
  --data-dir <folder>          state file; default /var/lib/sockerless-backend; ":memory:" keeps nothing
  --log-level <level>          trace, debug, info, warn, error, silent; default info
  --instance <name>            tells this backend's containers from those of others in the cluster
  --region <region>            AWS Region (also AWS_REGION)
  --cluster <name or ARN>      ECS cluster
  --subnets <ids>              comma-separated
  --security-groups <ids>      comma-separated
  --execution-role-arn <ARN>   with which ECS pulls images and writes logs
  --task-role-arn <ARN>        of the containers; exec needs one
  --efs-filesystem-id <id>     for named volumes
  --ecr-repository <URI>       of ECR, for docker load
  --log-group <name>           CloudWatch log group; default /sockerless/containers
  --version, --help

Every setting can also be given as SOCKERLESS_<KEY>, e.g. SOCKERLESS_ECS_CLUSTER. AWS credentials come from where the
AWS SDK looks for them. The docker command line then runs with DOCKER_HOST=unix:///var/run/sockerless-backend.sock.
`
