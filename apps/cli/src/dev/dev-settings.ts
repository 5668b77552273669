import { type LandlordSettings, landlordSettingsSchema, loadSettings } from '@landlord/settings'
import type { CliContext } from '../cli-context.ts'
import { CliError } from '../cli-error.ts'
import type { DataDirectory } from './data-directory.ts'
import type { DockerPresence } from './detect-docker.ts'

export interface DevOptions {
  readonly port?: string
  readonly dataDir?: string
  readonly config?: string
  /** False with `--no-docker`. */
  readonly docker: boolean
  readonly verbose?: boolean
}

export interface LoadedDevSettings {
  readonly values: LandlordSettings
  readonly file?: string
  readonly warnings: readonly string[]
}

/** What file, environment and flags say. Throws `SettingsError`. */
export function loadDevSettings(context: CliContext, { port, config }: DevOptions): LoadedDevSettings {
  const { env, cwd, homeDirectory } = context
  const { values, file, warnings } = loadSettings<LandlordSettings>({
    schema: landlordSettingsSchema,
    env,
    cwd,
    homeDirectory,
    configFile: config,
    flags: { 'server.port': port },
    flagNames: { 'server.port': '--port' },
  })
  const { ingress_url: ingress, admin_url: admin } = values.workflow
  if ((ingress === undefined) !== (admin === undefined)) {
    throw new CliError({
      reason: 'invalid',
      message:
        'workflow.ingress_url and workflow.admin_url go together: both for a Restate of your own, none for the embedded one',
    })
  }
  return { values, ...(file === undefined ? {} : { file }), warnings: warnings.map(({ message }) => message) }
}

/** Where the workflow engine is, once that is known. */
export interface EngineAddress {
  readonly ingressUrl: string
  readonly adminUrl: string
  readonly identityKeys: readonly string[]
}

/** Fills in what only this machine can say. What somebody has set stays. */
export function completeSettings(
  settings: LandlordSettings,
  machine: {
    readonly data: DataDirectory
    readonly engine: EngineAddress
    readonly docker: DockerPresence | undefined
  },
) {
  const { data, engine, docker } = machine
  return {
    ...settings,
    database: { ...settings.database, url: settings.database.url ?? `sqlite:${data.databaseFile}` },
    workflow: {
      ...settings.workflow,
      ingress_url: engine.ingressUrl,
      admin_url: engine.adminUrl,
      identity_keys: [...engine.identityKeys],
    },
    worker: { ...settings.worker, token: settings.worker.token ?? data.workerToken },
    compute: chooseProviders(settings.compute, data.mockWorldFile, docker),
  }
}

/** The mock always; Docker where an engine answers or somebody has configured it, and never with `--no-docker`. */
function chooseProviders(
  compute: LandlordSettings['compute'],
  mockWorldFile: string,
  docker: DockerPresence | undefined,
) {
  const { docker: configured, mock, ...others } = compute
  const isWanted = docker !== undefined && (configured !== undefined || docker.kind !== 'absent')
  return { ...others, mock: { world_file: mockWorldFile, ...mock }, ...(isWanted ? { docker: configured ?? {} } : {}) }
}
