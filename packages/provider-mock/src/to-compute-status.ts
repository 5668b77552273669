import type { ComputeHealth, ComputeState, ComputeStatus } from '@landlord/compute-core'
import type { OwnService } from './find-service.ts'
import type { MockService } from './mock-resource.ts'
import { liveConfig, type ServicePhase, servicePhase } from './service-phase.ts'
import { toJsonConfig } from './to-mock-config.ts'

/** A service as the contract describes it. */
export function toComputeStatus(found: OwnService, now: Date, ids: ComputeStatus['resourceIds']): ComputeStatus {
  const { service, resource } = found
  const phase = servicePhase(service, now)
  const serving = whoServes(service, phase)
  const state = stateOf(service, phase)
  const health = healthOf(phase)
  const config = liveConfig(service, now)
  return {
    state,
    health,
    containers: Array.from({ length: service.suspended ? 0 : config.replicas }, (_, index) => ({
      name: `${resource.name}-${index}`,
      state,
      health,
      image: config.image,
      restartCount: 0,
      startedAt: new Date(service.changedAt).toISOString(),
    })),
    lastUpdated: now.toISOString(),
    metadata: { generation: String(service.generation), phase },
    settled: phase !== 'moving' && phase !== 'leaving',
    endpoints: serving?.endpoints ?? [],
    ...(phase === 'failed' ? { instanceUsable: serving !== undefined } : {}),
    resourceIds: ids,
    ...explain(service, phase),
    ...(phase === 'stopped' && !service.suspended ? { idle: 'scaled_to_zero' as const } : {}),
    observedConfig: toJsonConfig(config),
  }
}

/** The configuration whose copies answer now: the old one serves on until the new one has settled well. */
function whoServes(service: MockService, phase: ServicePhase): MockService['config'] | undefined {
  if (phase === 'moving' || phase === 'failed') return service.previous
  return phase === 'running' || phase === 'unhealthy' ? service.config : undefined
}

function stateOf(service: MockService, phase: ServicePhase): ComputeState {
  if (phase === 'moving') {
    if (service.suspended) return 'stopping'
    return service.previous === undefined ? 'starting' : 'running'
  }
  if (phase === 'leaving' || phase === 'gone') return 'stopping'
  return phase === 'unhealthy' ? 'running' : phase
}

function healthOf(phase: ServicePhase): ComputeHealth {
  if (phase === 'running') return 'healthy'
  if (phase === 'moving') return 'starting'
  return phase === 'unhealthy' || phase === 'failed' ? 'unhealthy' : 'none'
}

function explain(service: MockService, phase: ServicePhase): { message?: string; reason?: string } {
  switch (phase) {
    case 'moving':
      return { message: service.suspended ? 'stopping' : `starting ${service.config.image}` }
    case 'leaving':
      return { message: 'being removed' }
    case 'unhealthy':
      return { reason: 'unhealthy', message: "the mock's script: the health check fails" }
    case 'failed':
      return { ...service.startFailure }
    default:
      return {}
  }
}
