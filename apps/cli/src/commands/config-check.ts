import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import type { GlobalOptions } from '../global-options.ts'
import { printResult } from '../render/print-result.ts'

interface ConfigCheckOptions {
  readonly config?: string
}

export function addConfigCommand(program: Command, context: CliContext): void {
  const config = program
    .command('config')
    .summary('settings of Landlord itself')
    .description('Settings of Landlord itself.')
  config
    .command('check')
    .summary('the effective settings, each with its source')
    .description('Check the settings, and show the effective ones with the source of each. Secrets are not shown.')
    .option(
      '--config <file>',
      'settings file (LANDLORD_CONFIG; default ./landlord.yaml, then ~/.config/landlord/config.yaml)',
    )
    .action(async ({ config: configFile }: ConfigCheckOptions, self: Command) => {
      const globals = self.optsWithGlobals<GlobalOptions>()
      const { landlordSettingsSchema, loadSettings } = await import('@landlord/settings')
      const { env, cwd, homeDirectory, terminal } = context
      const settings = loadSettings({
        schema: landlordSettingsSchema,
        env,
        cwd,
        homeDirectory,
        configFile,
        flags: { 'cli.api_url': globals.apiUrl, 'cli.token': globals.token },
        flagNames: { 'cli.api_url': '--api-url', 'cli.token': '--token' },
      })
      const rows = settings.describe()
      const { renderTable } = await import('../render/table.ts')
      terminal.note(settings.file === undefined ? 'no settings file found' : `settings file: ${settings.file}`)
      for (const { message } of settings.warnings)
        terminal.note(`${terminal.errorColors.yellow('warning:')} ${message}`)
      const cells = rows.map(({ key, value, source }) => [key, shown(value), source])
      await printResult(
        {
          data: { ...(settings.file === undefined ? {} : { file: settings.file }), settings: rows },
          names: rows.map(({ key }) => key),
          text: () => renderTable(['KEY', 'VALUE', 'SOURCE'], cells, terminal.colors),
        },
        globals.output,
        terminal,
      )
    })
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
