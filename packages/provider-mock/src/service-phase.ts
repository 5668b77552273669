import type { MockService } from './mock-resource.ts'
import type { MockConfig } from './mock-script.ts'

/** Where a service stands at a moment: derived from times, so that nothing has to run for a service to move. */
export type ServicePhase = 'moving' | 'failed' | 'stopped' | 'unhealthy' | 'running' | 'leaving' | 'gone'

export function servicePhase(service: MockService, now: Date): ServicePhase {
  if (service.goneAt !== null) return now.getTime() < service.goneAt ? 'leaving' : 'gone'
  if (service.settlesAt === null || now.getTime() < service.settlesAt) return 'moving'
  if (service.suspended) return 'stopped'
  if (service.startFailure !== null) return 'failed'
  if (service.config.replicas === 0) return 'stopped'
  return service.config.mock.unhealthy === true ? 'unhealthy' : 'running'
}

/** What runs: the configuration, or the one before it once `config` has failed to start. */
export function liveConfig(service: MockService, now: Date): MockConfig {
  return servicePhase(service, now) === 'failed' ? (service.previous ?? service.config) : service.config
}
