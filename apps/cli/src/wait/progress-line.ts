import type { Terminal } from '../terminal.ts'
import type { Progress } from './describe-progress.ts'

/** Tells on stderr what is going on: one living line on a terminal, a line per piece of news elsewhere. */
export interface ProgressLine {
  show(progress: Progress): void
  /** Takes the living line away. */
  stop(): void
}

export async function createProgressLine(terminal: Terminal, subject: string): Promise<ProgressLine> {
  if (!terminal.canRedraw) return plainLines(terminal, subject)
  const { default: ora } = await import('ora')
  // Without discardStdin, which would keep Ctrl-C from being a signal.
  const spinner = ora({ stream: terminal.stderr as NodeJS.WriteStream, discardStdin: false, text: subject }).start()
  return {
    show: ({ text, detail }) => {
      spinner.text = `${subject} ${text}${detail === undefined ? '' : terminal.errorColors.dim(`; ${detail}`)}`
    },
    stop: () => void spinner.stop(),
  }
}

/** For several at once, and for where no line can be rewritten. */
export function plainLines(terminal: Terminal, subject: string): ProgressLine {
  let last: string | undefined
  return {
    show: ({ text, detail }) => {
      if (text === last) return
      last = text
      terminal.note(`${subject} ${text}${detail === undefined ? '' : `; ${detail}`}`)
    },
    stop: () => {},
  }
}
