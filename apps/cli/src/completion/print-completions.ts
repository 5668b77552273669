import type { ArgumentHandler } from '@bomb.sh/tab'
import createTab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { createProgram } from '../create-program.ts'
import { addGlobalOptions, OUTPUT_FORMATS } from '../global-options.ts'
import { listFiles } from './list-files.ts'
import { readServerNames, type ServerNames } from './read-server-names.ts'

type Tab = ReturnType<typeof createTab>
type TabCommand = NonNullable<ReturnType<Tab['commands']['get']>>

/** Answers one Tab: `words` is the line behind `landlord`, the last one being typed. */
export async function printCompletions(words: readonly string[], context: CliContext): Promise<void> {
  const typed = words.at(-1) ?? ''
  const names = await namesFor(words, context)
  const program = createProgram(context)
  const tab = createTab(program)
  // Made by the library for its own use.
  tab.commands.delete('complete')
  const { DRIFT_POLICIES, EXPIRY_ACTIONS, SCOPES, WAIT_CONDITIONS, TENANT_STATUSES, TENANT_SORTS } = await import(
    '@landlord/api-contract'
  )
  const values: Readonly<Record<string, readonly string[]>> = {
    tenant: names.tenants,
    tenants: names.tenants,
    'tenant-name': names.tenants,
    provider: names.providers,
    status: TENANT_STATUSES,
    for: WAIT_CONDITIONS,
    sort: TENANT_SORTS,
    'expiry-action': EXPIRY_ACTIONS,
    'drift-policy': DRIFT_POLICIES,
    scope: SCOPES,
    output: OUTPUT_FORMATS,
    config: listFiles(typed.replace(/^--config=/, ''), context.cwd),
  }
  for (const [path, command] of tab.commands) {
    command.description = summaryOf(program, path) ?? command.description
    addGlobals(command, context)
    for (const part of [...command.arguments.values(), ...command.options.values()]) {
      const suggestions = values['name' in part ? part.name : part.value]
      const isFlag = 'isBoolean' in part && part.isBoolean === true
      if (suggestions !== undefined && !isFlag) part.handler = suggest(suggestions)
    }
  }
  tab.parse(withoutAlias(words, program))
}

function suggest(suggestions: readonly string[]): ArgumentHandler {
  return (complete) => {
    for (const suggestion of suggestions) complete(suggestion, '')
  }
}

// The library knows commands by their names only.
function withoutAlias(words: readonly string[], program: Command): string[] {
  const at = words.findIndex((word) => !word.startsWith('-'))
  const known = program.commands.find((command) => command.aliases().includes(words[at] ?? ''))
  const isTyped = at < words.length - 1
  return known !== undefined && isTyped ? words.with(at, known.name()) : [...words]
}

// Beside a name there is room for a few words only.
function summaryOf(program: Command, path: string): string | undefined {
  const find = (at: Command | undefined, name: string) => at?.commands.find((command) => command.name() === name)
  return path.split(' ').reduce<Command | undefined>(find, program)?.summary()
}

// The library knows the options of the root only at the root.
function addGlobals(command: TabCommand, context: CliContext): void {
  const root = addGlobalOptions(createProgram(context).createCommand())
  for (const { long, short, description, required, optional } of root.options) {
    const name = (long ?? '').slice(2)
    const alias = short?.slice(1)
    if (required || optional) command.option(name, description, () => {}, alias)
    else command.option(name, description, alias)
  }
}

/** Names are asked for where one can stand: behind a command, and not where an option is being typed. */
async function namesFor(words: readonly string[], context: CliContext): Promise<ServerNames> {
  if (words.length < 2 || words.at(-1)?.startsWith('-') === true) return { tenants: [], providers: [] }
  return readServerNames(words, context)
}
