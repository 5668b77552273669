import { CHECK_UP_HANDLER, type CheckUp, WORKER_SERVICE } from '@landlord/api-contract'
import { type Context, handlers, type ServiceDefinition, service } from '@restatedev/restate-sdk'
import { checkProvider } from '../diagnosis/check-provider.ts'
import { WORKER_VERSION } from '../worker-version.ts'
import type { TenantObjectOptions } from './tenant-object.ts'

interface WorkerHandlers {
  [CHECK_UP_HANDLER](context: Context): Promise<CheckUp>
}

export type WorkerService = ServiceDefinition<typeof WORKER_SERVICE, WorkerHandlers>

/** The service `Worker`: what whichever worker is asked finds of itself. Nothing of it is kept. */
export function createWorkerService({ deps, running }: TenantObjectOptions): WorkerService {
  const checkUp = (context: Context): Promise<CheckUp> =>
    running.track(context.request().attemptCompletedSignal, async (signal) => ({
      version: WORKER_VERSION,
      providers: await Promise.all(deps.registry.list().map((name) => checkProvider(deps, name, signal))),
    }))
  return service({
    name: WORKER_SERVICE,
    handlers: { [CHECK_UP_HANDLER]: handlers.handler({ journalRetention: 0, idempotencyRetention: 0 }, checkUp) },
  })
}
