import type { Logger } from '@landlord/compute-core'
import { createEndpointHandler, type LoggerTransport } from '@restatedev/restate-sdk'
import type { OrphanScanObject } from './orphan-scan-object.ts'
import type { TenantObject } from './tenant-object.ts'
import type { WorkerService } from './worker-service.ts'

export interface EndpointOptions {
  readonly objects: readonly (TenantObject | OrphanScanObject | WorkerService)[]
  /** Public keys whose requests are accepted; everybody's when empty. */
  readonly identityKeys: readonly string[]
  readonly logger: Logger
}

/** Handles requests of HTTP/1.1 and HTTP/2 servers alike. */
export type EndpointHandler = ReturnType<typeof createEndpointHandler>

/** What the workflow engine calls. Not listening yet. */
export function buildEndpoint({ objects, identityKeys, logger }: EndpointOptions): EndpointHandler {
  return createEndpointHandler({
    services: [...objects],
    ...(identityKeys.length === 0 ? {} : { identityKeys: [...identityKeys] }),
    logger: toTransport(logger),
  })
}

// The SDK warns of every attempt that failed and will be repeated; the step has logged the cause already.
function toTransport(logger: Logger): LoggerTransport {
  return ({ level, context }, message?: unknown, ...rest: unknown[]) => {
    const fields = {
      ...(context === undefined ? {} : { invocation: context.invocationId, tenant: context.key }),
      ...errorIn(rest),
    }
    const text = typeof message === 'string' ? message : String(message)
    if (level === 'error') logger.error(fields, text)
    else if (level === 'warn') logger.warn(fields, text)
    else logger.debug(fields, text)
  }
}

function errorIn(rest: readonly unknown[]): { err?: Error } {
  const err = rest.find((item) => item instanceof Error)
  return err === undefined ? {} : { err }
}
