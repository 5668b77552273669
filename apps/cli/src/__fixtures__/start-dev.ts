import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { spawnLandlord } from './run-landlord.ts'

export interface DevProcess {
  readonly child: ChildProcess
  readonly url: string
  readonly enginePid: number
  /** All that was written to stdout and stderr so far. */
  readonly output: () => string
  /** Sends a signal and waits for the end; the exit code, or the signal that ended it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | NodeJS.Signals | null>
}

/** A data directory for one test; gone with it. */
export function makeDataDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'll-dev-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return join(path, 'data')
}

/** Starts `landlord dev` on a free port without Docker, and waits until it says that it is ready. */
export async function startDev(dataDirectory: string, more: readonly string[] = []): Promise<DevProcess> {
  const child = spawnLandlord(['dev', '--port', '0', '--no-docker', '--data-dir', dataDirectory, ...more])
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  const closed = once(child, 'close').then(([code, signal]): number | NodeJS.Signals | null => code ?? signal)
  const ready = new Promise<string>((resolve) => {
    const take = (chunk: unknown) => {
      text += String(chunk)
      if (text.includes('Ctrl-C stops')) resolve(text)
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
  })
  const first = await Promise.race([ready, closed])
  if (typeof first !== 'string' || !first.includes('is ready at')) {
    throw new Error(`landlord dev ended with ${first} before it was ready:\n${text}`)
  }
  return {
    child,
    url: /is ready at (\S+)/.exec(text)?.[1] ?? '',
    enginePid: Number(/embedded \(pid (\d+)\)/.exec(text)?.[1]),
    output: () => text,
    stop: (signal = 'SIGINT') => {
      child.kill(signal)
      return closed
    },
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
