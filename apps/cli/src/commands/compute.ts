import type { ComputeConfigResponse } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import type { GlobalOptions } from '../global-options.ts'
import { printResult } from '../render/print-result.ts'
import { openSession } from '../session.ts'

interface ComputeOptions {
  readonly provider?: string
}

/** Which part of the answer a subcommand shows. */
const PARTS = {
  schema: { summary: 'the JSON Schema of a configuration', pick: ({ schema }: ComputeConfigResponse) => schema },
  defaults: {
    summary: "what the server adds to a tenant's configuration",
    pick: ({ defaults }: ComputeConfigResponse) => defaults,
  },
}

export function addComputeCommand(program: Command, context: CliContext): void {
  const compute = program
    .command('compute')
    .summary('what a configuration may hold')
    .description('Show what a configuration may hold: the schema and the defaults of a compute provider.')
    .usage('<schema|defaults> [provider]')
    // As in the first Landlord: both at once.
    .option('--provider <provider>', 'provider; may be left out where only one is configured')
    .action(async (options: ComputeOptions, self: Command) => {
      if (options.provider === undefined) self.help({ error: true })
      await show(context, self, { provider: options.provider, pick: (response) => response })
    })
  for (const [name, { summary, pick }] of Object.entries(PARTS)) {
    compute
      .command(name)
      .summary(summary)
      .description(`Show ${summary}.`)
      .argument('[provider]', 'may be left out where only one is configured')
      .action(async (argument: string | undefined, _options: unknown, self: Command) => {
        const { provider } = self.optsWithGlobals<ComputeOptions>()
        await show(context, self, { provider: argument ?? provider, pick })
      })
  }
}

interface Shown {
  readonly provider: string | undefined
  readonly pick: (response: ComputeConfigResponse) => unknown
}

async function show(context: CliContext, command: Command, { provider, pick }: Shown): Promise<void> {
  const { client, terminal } = await openSession(context, command)
  const { body } = await client.getComputeConfig({ query: provider === undefined ? {} : { provider } })
  const { output } = command.optsWithGlobals<GlobalOptions>()
  const data = pick(body)
  // A schema has no better form for a person than itself.
  const text = () => JSON.stringify(data, null, 2)
  await printResult({ data, names: [body.provider], text }, output, terminal)
}
