import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { printResult } from '../render/print-result.ts'
import { openSession } from '../session.ts'

export function addProvidersCommand(program: Command, context: CliContext): void {
  program
    .command('providers')
    .summary('the configured compute providers')
    .description('List the compute providers of the server, and what each can do.')
    .action(async (_options: unknown, self: Command) => {
      const { client, terminal, output } = await openSession(context, self)
      const { body } = await client.listProviders()
      const { renderTable } = await import('../render/table.ts')
      const rows = body.providers.map(({ name, capabilities }) => [
        name,
        name === body.default_provider ? 'yes' : '',
        Object.keys(capabilities)
          .filter((capability) => capabilities[capability])
          .join(', '),
      ])
      const text = () =>
        rows.length === 0
          ? 'No provider is configured: enable one with a block under compute: in landlord.yaml'
          : renderTable(['NAME', 'DEFAULT', 'CAPABILITIES'], rows, terminal.colors)
      await printResult({ data: body, names: body.providers.map(({ name }) => name), text }, output, terminal)
    })
}
