import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Logger } from '@landlord/compute-core'
import { chooseListeners } from './engine-listeners.ts'
import { type EngineProcess, IDENTITY_FILE, type LaunchOptions } from './engine-process.ts'
import { lockFolder } from './folder-lock.ts'
import { generateRequestIdentity, type RequestIdentity, toRequestIdentity } from './request-identity.ts'
import { findRestateBinary } from './restate-binary.ts'
import type { Tie } from './spawn-tied.ts'
import { type EngineEvent, type EngineSupervisor, superviseEngine } from './supervise-engine.ts'

export interface EmbeddedRestateOptions {
  /** Data, sockets, key and log; made where it is missing, with access for this user alone. Can be wiped at any moment. */
  readonly baseDir: string
  readonly logger: Logger
  readonly onEvent?: (event: EngineEvent) => void
  /** Default: the one that the npm package brought for this machine. */
  readonly binary?: string
  /** How the engine is kept from outliving this process. Default: the best there is. */
  readonly tie?: Tie
  /** Gives up the start: the engine is stopped, and the reason is what it rejects with. Once it has started, use `close`. */
  readonly signal?: AbortSignal
}

export interface EmbeddedRestate {
  /** For `workflow.ingress_url`. */
  readonly ingressUrl: string
  /** For `workflow.admin_url`. */
  readonly adminUrl: string
  /** For `workflow.identity_keys`: the worker accepts what is signed with this key only. */
  readonly identityKey: string
  /** Of the engine that runs now; undefined between two lives. */
  readonly pid: number | undefined
  /** Resolves when the engine will not come back: with the error when it was given up, without one after `close`. */
  readonly exited: Promise<Error | undefined>
  close(): Promise<void>
}

/**
 * Starts a Restate server that belongs to this process: on unix sockets in `baseDir` (on loopback ports where the path is too
 * long for sockets), restarted when it dies or its folder is wiped, and gone with this process. Resolves when it answers.
 * Rejects with `FolderInUseError` when another process has the folder, and with its last words when it does not come up.
 */
export async function startEmbeddedRestate(options: EmbeddedRestateOptions): Promise<EmbeddedRestate> {
  const { signal } = options
  signal?.throwIfAborted()
  const baseDir = resolve(options.baseDir)
  const binary = options.binary ?? findRestateBinary()
  mkdirSync(baseDir, { recursive: true, mode: 0o700 })
  const lock = await lockFolder(baseDir)
  try {
    const listeners = await chooseListeners(baseDir)
    const identity = loadIdentity(baseDir)
    const { logger, onEvent, tie } = options
    const launch: LaunchOptions = {
      binary,
      baseDir,
      listeners,
      identity,
      logger,
      ...(tie === undefined ? {} : { tie }),
    }
    let current: EngineProcess | undefined
    const supervisor = superviseEngine(launch, (event) => {
      current = event.kind === 'ready' ? event.process : undefined
      onEvent?.(event)
    })
    const exited = supervisor.ended.finally(() => lock.release())
    await firstReadyUnless(signal, supervisor)
    return {
      ingressUrl: listeners.ingressUrl,
      adminUrl: listeners.adminUrl,
      identityKey: identity.publicKey,
      get pid() {
        return current?.pid
      },
      exited,
      async close() {
        await supervisor.stop()
        await exited
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function firstReadyUnless(signal: AbortSignal | undefined, supervisor: EngineSupervisor): Promise<void> {
  const stop = () => void supervisor.stop()
  if (signal?.aborted === true) stop()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    await supervisor.firstReady
    signal?.throwIfAborted()
  } catch (error) {
    await supervisor.ended
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

// One key for as long as the folder exists, so that workers that were told the key go on being served after a restart.
function loadIdentity(baseDir: string): RequestIdentity {
  try {
    return toRequestIdentity(readFileSync(join(baseDir, IDENTITY_FILE), 'utf8'))
  } catch {
    return generateRequestIdentity()
  }
}
