import type { OutputFormat } from '../global-options.ts'
import type { Terminal } from '../terminal.ts'

export interface Result {
  /** For `-o json` and `-o yaml`: as the API gives it. */
  readonly data: unknown
  /** For `-o name`, one per line. */
  readonly names: readonly string[]
  /** For people. */
  readonly text: () => string
}

/** Prints a result to stdout in the format that was asked for. */
export async function printResult(result: Result, output: OutputFormat, terminal: Terminal): Promise<void> {
  const text = await renderResult(result, output)
  if (text !== '') terminal.print(text)
}

export async function renderResult(result: Result, output: OutputFormat): Promise<string> {
  switch (output) {
    case 'json':
      return JSON.stringify(result.data, null, 2)
    case 'yaml': {
      const { stringify } = await import('yaml')
      return stringify(result.data, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()
    }
    case 'name':
      return result.names.join('\n')
    case 'table':
      return result.text()
  }
}
