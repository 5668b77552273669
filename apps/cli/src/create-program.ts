import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { CLI_VERSION } from './cli-version.ts'
import { addAdoptCommand } from './commands/adopt.ts'
import { addCompletionCommand } from './commands/completion.ts'
import { addComputeCommand } from './commands/compute.ts'
import { addConfigCommand } from './commands/config-check.ts'
import { addCreateCommand } from './commands/create.ts'
import { addDevCommand } from './commands/dev.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addDriftCommand } from './commands/drift.ts'
import { addEventsCommand } from './commands/events.ts'
import { addGetCommand } from './commands/get.ts'
import { addLifecycleCommands } from './commands/lifecycle.ts'
import { addListCommand } from './commands/list.ts'
import { addLogsCommand } from './commands/logs.ts'
import { addOperationsCommand } from './commands/operations.ts'
import { addOrphansCommand } from './commands/orphans.ts'
import { addPlanCommand } from './commands/plan.ts'
import { addProvidersCommand } from './commands/providers.ts'
import { addSetCommand } from './commands/set.ts'
import { addStatusCommand } from './commands/status.ts'
import { addTokenCommand } from './commands/token.ts'
import { addVersionCommand } from './commands/version.ts'
import { addWaitCommand } from './commands/wait.ts'
import { addWebhookCommand } from './commands/webhook.ts'
import { exitCodeHelp } from './exit-codes.ts'
import { addGlobalOptions } from './global-options.ts'

/** The whole command line. Building it does nothing and loads nothing heavy. */
export function createProgram(context: CliContext): Command {
  const { terminal } = context
  const program = new Command('landlord')
    .description('Every customer an isolated stack: declare tenants, and Landlord makes them real.')
    .version(CLI_VERSION, '-V, --version', 'print the version of this program')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      // runCli prints every error, in the format that was asked for.
      outputError: () => {},
    })
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', `\n${exitCodeHelp()}`)
  addGlobalOptions(program)

  program.commandsGroup('On this machine:')
  addDevCommand(program, context)

  program.commandsGroup('Tenants:')
  addCreateCommand(program, context)
  addAdoptCommand(program, context)
  addListCommand(program, context)
  addGetCommand(program, context)
  addSetCommand(program, context)
  addPlanCommand(program, context)
  addWaitCommand(program, context)
  addLifecycleCommands(program, context)

  program.commandsGroup('Looking closer:')
  addStatusCommand(program, context)
  addLogsCommand(program, context)
  addOperationsCommand(program, context)
  addDriftCommand(program, context)
  addEventsCommand(program, context)
  addOrphansCommand(program, context)
  addWebhookCommand(program, context)

  program.commandsGroup('Landlord:')
  addTokenCommand(program, context)
  addProvidersCommand(program, context)
  addComputeCommand(program, context)
  addConfigCommand(program, context)
  addDoctorCommand(program, context)
  addVersionCommand(program, context)
  addCompletionCommand(program)
  return program
}
