import { createInterface } from 'node:readline/promises'
import { CliError, usageError } from './cli-error.ts'
import type { Terminal } from './terminal.ts'

/**
 * Asks on stderr, and throws unless the answer is yes. Where nobody is there to answer it goes on without asking: a
 * script must not hang, and it has said what it wants.
 */
export async function confirm(terminal: Terminal, question: string): Promise<void> {
  if (!terminal.canAsk) return
  if (!/^y(es)?$/i.test(await ask(terminal, `${question} [y/N] `))) throw notConfirmed()
}

/** For what a script must have said in so many words: only `yes` in full will do, and nobody to answer is a no. */
export async function confirmInFull(terminal: Terminal, question: string): Promise<void> {
  if (!terminal.canAsk) {
    throw usageError(`${question} Nobody is there to answer; nothing was done`, 'say so beforehand with: --yes')
  }
  if (!/^yes$/i.test(await ask(terminal, `${question} Type yes: `))) throw notConfirmed()
}

function notConfirmed(): CliError {
  return new CliError({
    reason: 'failure',
    message: 'not confirmed; nothing was done',
    wayOut: ['skip the question with: --yes'],
  })
}

async function ask(terminal: Terminal, question: string): Promise<string> {
  const reader = createInterface({ input: terminal.stdin, output: terminal.stderr })
  const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')))
  const interrupted = new Promise<never>((_, reject) => {
    reader.once('SIGINT', () =>
      reject(new CliError({ reason: 'interrupted', message: 'interrupted; nothing was done' })),
    )
  })
  try {
    return (await Promise.race([reader.question(question), closed, interrupted])).trim()
  } finally {
    reader.close()
  }
}
