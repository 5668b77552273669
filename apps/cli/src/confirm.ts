import { createInterface } from 'node:readline/promises'
import { CliError } from './cli-error.ts'
import type { Terminal } from './terminal.ts'

/**
 * Asks on stderr, and throws unless the answer is yes. Where nobody is there to answer it goes on without asking: a
 * script must not hang, and it has said what it wants.
 */
export async function confirm(terminal: Terminal, question: string): Promise<void> {
  if (!terminal.canAsk) return
  const reader = createInterface({ input: terminal.stdin, output: terminal.stderr })
  const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')))
  const interrupted = new Promise<never>((_, reject) => {
    reader.once('SIGINT', () =>
      reject(new CliError({ reason: 'interrupted', message: 'interrupted; nothing was done' })),
    )
  })
  try {
    const answer = await Promise.race([reader.question(`${question} [y/N] `), closed, interrupted])
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new CliError({
        reason: 'failure',
        message: 'not confirmed; nothing was done',
        wayOut: ['skip the question with: --yes'],
      })
    }
  } finally {
    reader.close()
  }
}
