import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@landlord/compute-core'
import type { EngineConnection } from './engine-connection.ts'
import { createProbe } from './probe-worker.ts'
import { type Part, registerDeployment } from './register-deployment.ts'
import { resumeWaiting } from './resume-waiting.ts'

export interface KeepRegisteredOptions {
  readonly admin: EngineConnection
  /** Ends in the build's id: another build on the same port is another deployment. */
  readonly uri: string
  readonly logger: Logger
}

export interface Registration {
  /** Resolves when the engine knows the worker, or another one for which it stands by, for the first time. */
  readonly first: Promise<void>
  /** Whether that holds now, as last seen. */
  readonly isCurrent: () => boolean
  stop(): Promise<void>
}

const CHECK_MS = 1000
/** A cluster of other people's making may pause what failed often; a paused invocation keeps its tenant locked. */
const RESUME_EVERY_CHECKS = 60

const REMARKS: Readonly<Record<Part, string>> = {
  serving: 'registered with the workflow engine',
  standing_by: 'another worker of this build serves the workflow engine; this one takes over when that one is gone',
  superseded: 'a worker of another build serves the workflow engine; this one ends what it has begun',
}

/**
 * Registers the worker, and again whenever the engine has forgotten it: because it was wiped, or is another one. Where several
 * workers of a build have addresses of their own, one serves and the others stand by (docs/decisions/0017).
 */
export function keepRegistered({ admin, uri, logger }: KeepRegisteredOptions): Registration {
  const stopping = new AbortController()
  const first = Promise.withResolvers<void>()
  const isGone = createProbe()
  let part: Part | undefined
  let isCurrent = false
  let lastComplaint = ''

  const check = async (count: number): Promise<void> => {
    let isDue = count % RESUME_EVERY_CHECKS === 0
    try {
      const registered = await registerDeployment(admin, uri, isGone)
      if (registered.changed || registered.part !== part) {
        part = registered.part
        logger.info({ uri, part }, REMARKS[part])
      }
      isDue ||= registered.changed
      isCurrent = true
      if (registered.refused === undefined) lastComplaint = ''
      else complain(registered.refused)
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
