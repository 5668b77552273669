import { setTimeout as sleep } from 'node:timers/promises'
import { type EngineExit, type EngineProcess, type LaunchOptions, launchEngine } from './engine-process.ts'

export type EngineEvent =
  | { readonly kind: 'ready'; readonly process: EngineProcess }
  | { readonly kind: 'exited'; readonly exit: EngineExit; readonly restartInMs: number }
  /** It will not be started again. */
  | { readonly kind: 'given_up'; readonly error: Error }

export interface EngineSupervisor {
  /** Resolves when the engine answers for the first time; rejects when it is given up before. */
  readonly firstReady: Promise<void>
  /** Resolves with the error when the engine was given up, without one after `stop`. */
  readonly ended: Promise<Error | undefined>
  stop(): Promise<void>
}

interface EngineLife {
  readonly exit: EngineExit
  readonly wasReady: boolean
}

/** An engine that answered and ran so long was well; its death starts a new count. */
const WELL_AFTER_MS = 10_000
const DEATHS_ALLOWED = 5
const FIRST_RESTART_MS = 200
const LONGEST_RESTART_MS = 10_000
const FOLDER_CHECK_MS = 1000

/** Keeps one engine running: starts it again when it dies, or when its folder was wiped under it. */
export function superviseEngine(launch: LaunchOptions, onEvent: (event: EngineEvent) => void): EngineSupervisor {
  const stopping = new AbortController()
  const first = Promise.withResolvers<void>()
  first.promise.catch(() => {})

  const liveOnce = async (): Promise<EngineLife> => {
    let engine: EngineProcess
    try {
      engine = await launchEngine(launch)
    } catch (error) {
      return { exit: { how: `at once: ${(error as Error).message}`, lastLines: '' }, wasReady: false }
    }
    const stop = () => void engine.stop()
    if (stopping.signal.aborted) stop()
    stopping.signal.addEventListener('abort', stop, { once: true })
    // What cannot become ready in a minute will not in two.
    const becameReady = engine.ready.then(
      () => {
        onEvent({ kind: 'ready', process: engine })
        first.resolve()
        return true
      },
      () => {
        engine.kill()
        return false
      },
    )
    const watch = setInterval(() => {
      if (engine.hasItsFolder()) return
      launch.logger.warn({ folder: launch.baseDir }, "the workflow engine's folder was wiped; starting on an empty one")
      engine.kill()
    }, FOLDER_CHECK_MS)
    const exit = await engine.exited
    clearInterval(watch)
    stopping.signal.removeEventListener('abort', stop)
    return { exit, wasReady: await becameReady }
  }

  const run = async (): Promise<Error | undefined> => {
    let deaths = 0
    while (!stopping.signal.aborted) {
      const startedAt = Date.now()
      const { exit, wasReady } = await liveOnce()
      if (stopping.signal.aborted) break
      const wasWell = wasReady && Date.now() - startedAt >= WELL_AFTER_MS
      deaths = wasWell ? 1 : deaths + 1
      if (deaths > DEATHS_ALLOWED) {
        const error = new Error(
          `the workflow engine in ${launch.baseDir} ended ${exit.how}, ${deaths} times before it was ready or within seconds, and is not started again; it wrote:\n${exit.lastLines}`,
        )
        onEvent({ kind: 'given_up', error })
        first.reject(error)
        return error
      }
      const restartInMs = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** (deaths - 1))
      launch.logger.warn({ how: exit.how, restartInMs }, 'the workflow engine ended and is started again')
      onEvent({ kind: 'exited', exit, restartInMs })
      await sleep(restartInMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
    first.reject(new Error('the workflow engine was stopped before it was ready'))
    return undefined
  }

  const ended = run()
  return {
    firstReady: first.promise,
    ended,
    async stop() {
      stopping.abort()
      await ended
    },
  }
}
