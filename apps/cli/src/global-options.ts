import { type Command, Option } from 'commander'

export const OUTPUT_FORMATS = ['table', 'json', 'yaml', 'name'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

export interface GlobalOptions {
  readonly apiUrl?: string
  readonly token?: string
  readonly output: OutputFormat
  readonly color: boolean
}

/** Options that every command takes, before or after its name. No command may have one of the same name. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option('--api-url <url>', 'server to talk to (LANDLORD_API_URL; default http://127.0.0.1:8080)')
    .option('--token <token>', 'API token; better in LANDLORD_TOKEN, where no process list shows it')
    .addOption(
      new Option('-o, --output <format>', 'how to print results').choices([...OUTPUT_FORMATS]).default('table'),
    )
    .option('--no-color', 'plain text (so does NO_COLOR)')
}

/** The format that was asked for, also when the command line as a whole did not parse. */
export function outputFormatOf(argv: readonly string[]): string {
  const joined = argv.find((word) => /^(--output=|-o.)/.test(word))
  if (joined !== undefined) return joined.replace(/^(--output=|-o=?)/, '')
  const at = argv.findIndex((word) => word === '-o' || word === '--output')
  return at === -1 ? 'table' : (argv[at + 1] ?? 'table')
}
