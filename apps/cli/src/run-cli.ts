import { CommanderError } from 'commander'
import type { CliContext } from './cli-context.ts'
import { CommandEnd } from './command-end.ts'
import { createProgram } from './create-program.ts'
import { describeError } from './describe-error.ts'
import { exitCodeOf } from './exit-codes.ts'
import { outputFormatOf } from './global-options.ts'
import { renderError } from './render/render-error.ts'

/** Runs one command line; answers its exit code. Never rejects. */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  try {
    if (argv[0] === 'complete' && argv[1] === '--') {
      const { printCompletions } = await import('./completion/print-completions.ts')
      await printCompletions(argv.slice(2), context)
      return exitCodeOf('ok')
    }
    await createProgram(context).parseAsync([...argv], { from: 'user' })
    return exitCodeOf('ok')
  } catch (error) {
    if (error instanceof CommandEnd) return exitCodeOf(error.reason)
    // Help and version end in an "error" of exit code 0.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodeOf('ok')
    const report = await describeError(error)
    context.terminal.note(renderError(report, outputFormatOf(argv), context.terminal.errorColors))
    return exitCodeOf(report.reason)
  }
}
