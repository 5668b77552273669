import type { CliContext } from '../cli-context.ts'
import { CliError } from '../cli-error.ts'

export interface Shutdown {
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP. The second one ends the process at once. */
  readonly signal: AbortSignal
  /** Resolves when `signal` is aborted. */
  readonly requested: Promise<void>
  /** Throws when the shutdown was asked for while something was still being started. */
  throwIfRequested(): void
}

export function listenForShutdown({ onInterrupt, terminal, exit }: CliContext): Shutdown {
  const controller = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  onInterrupt((name) => {
    if (controller.signal.aborted) exit(name === 'SIGINT' ? 130 : 143)
    const again = name === 'SIGINT' ? ' (Ctrl-C again: at once)' : ''
    terminal.note(`${terminal.stderrIsTerminal ? '\n' : ''}Stopping Landlord${again}`)
    controller.abort()
    resolve()
  })
  return {
    signal: controller.signal,
    requested: promise,
    throwIfRequested() {
      if (controller.signal.aborted)
        throw new CliError({ reason: 'interrupted', message: 'stopped before it was ready' })
    },
  }
}
