import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Child {
  readonly process: ChildProcess
  /** What it printed when it was up. */
  readonly up: Record<string, string | number>
  /** Ends it by a signal and waits for that. */
  kill(signal: NodeJS.Signals): Promise<void>
}

const PROGRAM = fileURLToPath(new URL('./landlord-child.ts', import.meta.url))

/** Runs `landlord-child.ts`. Rejects with what it wrote when it ends before it is up. */
export async function startChild(task: object): Promise<Child> {
  const child = spawn(process.execPath, ['--conditions=@landlord/source', PROGRAM, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += String(chunk)
  })
  const line = once(createInterface({ input: child.stdout }), 'line')
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the child ended early: ${errors}`)
  })
  ended.catch(() => {})
  const [text] = (await Promise.race([line, ended])) as [string]
  return {
    process: child,
    up: JSON.parse(text) as Child['up'],
    async kill(signal) {
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    },
  }
}
