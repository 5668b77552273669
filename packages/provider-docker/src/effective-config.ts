import type {
  ContainerPort,
  ContainerSpec,
  JsonObject,
  ResourceRequirements,
  TenantComputeSpec,
} from '@landlord/compute-core'

/**
 * The configuration that a spec asks for: its `providerConfig`, with what its container, resources and networking say laid
 * over it. The result still has to be validated.
 */
export function effectiveConfig(spec: TenantComputeSpec): JsonObject {
  const [container] = spec.containers
  const config: JsonObject = { ...spec.providerConfig }
  if (container !== undefined) Object.assign(config, fromContainer(container, config))

  const ports = spec.networking?.ports ?? container?.ports
  if (ports !== undefined) config.ports = ports.map(toPort)
  if (spec.networking?.public === true && Array.isArray(config.ports)) {
    config.ports = config.ports.map((port) => ({ host_ip: '0.0.0.0', ...(port as JsonObject) }))
  }

  const resources = { ...spec.resources, ...container?.resources }
  if (Object.keys(resources).length > 0) {
    config.resources = { ...(config.resources as JsonObject | undefined), ...toResources(resources) }
  }
  return config
}

function fromContainer(container: ContainerSpec, config: JsonObject): JsonObject {
  const { command, args, env, healthCheck } = container
  return {
    image: container.image,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    ...(env === undefined ? {} : { env: { ...(config.env as JsonObject | undefined), ...env } }),
    ...(healthCheck === undefined
      ? {}
      : {
          health_check: {
            command: healthCheck.command,
            ...(healthCheck.intervalSeconds === undefined ? {} : { interval_seconds: healthCheck.intervalSeconds }),
            ...(healthCheck.timeoutSeconds === undefined ? {} : { timeout_seconds: healthCheck.timeoutSeconds }),
            ...(healthCheck.retries === undefined ? {} : { retries: healthCheck.retries }),
            ...(healthCheck.startPeriodSeconds === undefined
              ? {}
              : { start_period_seconds: healthCheck.startPeriodSeconds }),
          },
        }),
  }
}

function toPort(port: ContainerPort): JsonObject {
  return { container_port: port.containerPort, ...(port.protocol === undefined ? {} : { protocol: port.protocol }) }
}

function toResources({ cpuMillicores, memoryMiB }: ResourceRequirements): JsonObject {
  return {
    ...(cpuMillicores === undefined ? {} : { cpu: cpuMillicores / 1000 }),
    ...(memoryMiB === undefined ? {} : { memory: Math.ceil(memoryMiB) }),
  }
}
