import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import type { DevOptions } from '../dev/dev-settings.ts'

export function addDevCommand(program: Command, context: CliContext): void {
  program
    .command('dev')
    .summary('run all of Landlord on this machine')
    .description(
      'Run server, worker and an embedded workflow engine in one process. Nothing to install, no account. Docker is used\nwhen an engine answers; the mock provider is always there. Ctrl-C stops everything in order.',
    )
    .option('--port <port>', 'port of the HTTP API; 0 is a free one (default 8080)')
    .option('--data-dir <directory>', 'where everything is kept (default ~/.local/share/landlord)')
    .option(
      '--config <file>',
      'settings file (LANDLORD_CONFIG; default ./landlord.yaml, then ~/.config/landlord/config.yaml)',
    )
    .option('--no-docker', 'leave Docker alone')
    .option('--verbose', 'show the log here too')
    .action(async (options: DevOptions) => {
      const { runDev } = await import('../dev/run-dev.ts')
      await runDev(context, options)
    })
}
