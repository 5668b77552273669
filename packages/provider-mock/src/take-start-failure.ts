import type { MockClient } from './mock-client.ts'
import type { MockService } from './mock-resource.ts'

/** Whether the start that is being accepted now will fail, as the script says; the target counts. */
export function takeStartFailure(client: MockClient, service: MockService): MockService {
  const failure = service.config.mock.start_fails
  if (failure === undefined || service.suspended) return service
  const { ownership, target } = client
  const key = `start ${JSON.stringify([ownership, failure])}`
  if (failure.times !== undefined && !target.takeOnce(key, failure.times)) return service
  const reason = failure.reason ?? 'crash_loop'
  return { ...service, startFailure: { reason, message: failure.message ?? `the mock's script: ${reason}` } }
}
