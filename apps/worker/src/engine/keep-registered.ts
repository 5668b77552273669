import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@landlord/compute-core'
import type { EngineConnection } from './engine-connection.ts'
import { isRegistered, registerDeployment, resumeWaiting } from './register-deployment.ts'

export interface KeepRegisteredOptions {
  readonly admin: EngineConnection
  /** Ends in the build's id: another build on the same port is another deployment. */
  readonly uri: string
  readonly logger: Logger
}

export interface Registration {
  /** Resolves when the engine knows the worker for the first time. */
  readonly first: Promise<void>
  /** Whether it does now, as last seen. */
  readonly isCurrent: () => boolean
  stop(): Promise<void>
}

const CHECK_MS = 1000
/** A cluster of other people's making may pause what failed often; a paused invocation keeps its tenant locked. */
const RESUME_EVERY_CHECKS = 60

/** Registers the worker, and again whenever the engine has forgotten it: because it was wiped, or is another one. */
export function keepRegistered({ admin, uri, logger }: KeepRegisteredOptions): Registration {
  const stopping = new AbortController()
  const first = Promise.withResolvers<void>()
  let deploymentId: string | undefined
  let isCurrent = false
  let lastComplaint = ''

  const check = async (count: number): Promise<void> => {
    let isDue = count % RESUME_EVERY_CHECKS === 0
    try {
      if (deploymentId === undefined || !(await isRegistered(admin, deploymentId))) {
        isCurrent = false
        deploymentId = await registerDeployment(admin, uri)
        logger.info({ deployment: deploymentId, uri }, 'registered with the workflow engine')
        isDue = true
      }
      isCurrent = true
      lastComplaint = ''
      first.resolve()
      if (isDue) await resumeWaiting(admin)
    } catch (error) {
      isCurrent = false
      complain(error as Error)
    }
  }
  // Once per cause: an engine that is away is away for many checks.
  const complain = (error: Error): void => {
    if (stopping.signal.aborted || error.message === lastComplaint) return
    lastComplaint = error.message
    logger.warn({ err: error, engine: admin.url }, 'the workflow engine cannot be told of this worker; trying on')
  }

  const run = async (): Promise<void> => {
    for (let count = 1; !stopping.signal.aborted; count += 1) {
      await check(count)
      await sleep(CHECK_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const ended = run()
  return {
    first: first.promise,
    isCurrent: () => isCurrent,
    async stop() {
      stopping.abort()
      await ended
    },
  }
}
