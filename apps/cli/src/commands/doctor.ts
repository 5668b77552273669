import type { DiagnosisCheck } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { CliError } from '../cli-error.ts'
import { printResult } from '../render/print-result.ts'
import { openSession } from '../session.ts'

interface DoctorOptions {
  readonly deep?: boolean
  readonly config?: string
  readonly dataDir?: string
}

export function addDoctorCommand(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .summary('what is wrong, and what helps')
    .description(
      'Look at everything that Landlord depends on: settings, server, clocks, database, workflow engine, workers, the targets of the providers, and work that does not get on; each problem with what helps. Ends with 1 when there is an error, with 6 when no server answers. Changes nothing.',
    )
    .option('--deep', 'read all of the database to check it')
    .option('--config <file>', 'settings file to check (LANDLORD_CONFIG; default ./landlord.yaml and the usual places)')
    .option('--data-dir <directory>', 'of the landlord dev to look for where no server answers')
    .action(async ({ deep, config, dataDir }: DoctorOptions, self: Command) => {
      const { checkHere } = await import('../doctor/check-here.ts')
      const here = await checkHere(context, config)
      const session = await openSession(context, self)
      const { checkServer } = await import('../doctor/check-server.ts')
      const view = await checkServer(session, { deep: deep === true })
      const checks = [...here, ...view.checks, ...(view.isSilent ? await lookForDev(context, dataDir) : [])]
      const { renderDiagnosis } = await import('../render/diagnosis.ts')
      const data = { status: worst(checks), checks, stuck: view.stuck }
      const text = () => renderDiagnosis(checks, view.stuck, context.terminal.colors)
      await printResult({ data, names: checks.map(({ name }) => name), text }, session.output, context.terminal)
      const errors = checks.filter(({ status }) => status === 'error').length
      if (errors === 0) return
      throw new CliError({
        reason: view.isSilent ? 'unreachable' : 'failure',
        message: `${errors} of ${checks.length} checks found an error`,
      })
    })
}

async function lookForDev(context: CliContext, dataDir: string | undefined): Promise<DiagnosisCheck[]> {
  const { checkDataDirectory } = await import('../dev/check-data-directory.ts')
  return [await checkDataDirectory(dataDir, context.cwd)]
}

function worst(checks: readonly DiagnosisCheck[]): DiagnosisCheck['status'] {
  return (['error', 'warning'] as const).find((status) => checks.some((check) => check.status === status)) ?? 'ok'
}
