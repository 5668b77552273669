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

/** An engine that ran so long was well; its death starts a new count. */
const WELL_AFTER_MS = 10_000
const QUICK_DEATHS_ALLOWED = 5
const FIRST_RESTART_MS = 200
const LONGEST_RESTART_MS = 10_000
const FOLDER_CHECK_MS = 1000

/** Keeps one engine running: starts it again when it dies, or when its folder was wiped under it. */
export function superviseEngine(launch: LaunchOptions, onEvent: (event: EngineEvent) => void): EngineSupervisor {
  const stopping = new AbortController()
  const first = Promise.withResolvers<void>()
  first.promise.catch(() => {})

  const liveOnce = async (): Promise<EngineExit> => {
    let engine: EngineProcess
    try {
      engine = await launchEngine(launch)
    } catch (error) {
      return { how: `at once: ${(error as Error).message}`, lastLines: '' }
    }
    const stop = () => void engine.stop()
    if (stopping.signal.aborted) stop()
    stopping.signal.addEventListener('abort', stop, { once: true })
    // What cannot become ready in a minute will not in two.
    const ready = engine.ready.then(
      () => {
        onEvent({ kind: 'ready', process: engine })
        first.resolve()
      },
      () => engine.kill(),
    )
    const watch = setInterval(() => {
      if (engine.hasItsFolder()) return
      launch.logger.warn({ folder: launch.baseDir }, "the workflow engine's folder was wiped; starting on an empty one")
      engine.kill()
    }, FOLDER_CHECK_MS)
    const exit = await engine.exited
    clearInterval(watch)
    stopping.signal.removeEventListener('abort', stop)
    await ready
    return exit
  }

  const run = async (): Promise<Error | undefined> => {
    let quickDeaths = 0
    while (!stopping.signal.aborted) {
      const startedAt = Date.now()
      const exit = await liveOnce()
      if (stopping.signal.aborted) break
      quickDeaths = Date.now() - startedAt < WELL_AFTER_MS ? quickDeaths + 1 : 1
      if (quickDeaths > QUICK_DEATHS_ALLOWED) {
        const error = new Error(
          `the workflow engine in ${launch.baseDir} ended ${exit.how}, ${quickDeaths} times within seconds of its start, and is not started again; it wrote:\n${exit.lastLines}`,
        )
        onEvent({ kind: 'given_up', error })
        first.reject(error)
        return error
      }
      const restartInMs = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** (quickDeaths - 1))
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
