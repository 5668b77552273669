import { type Environment, type LoadedSettings, loadSettings } from '@landlord/settings'
import { type BackendSettings, backendSettingsSchema } from './backend-settings.ts'

/** Flags by their names on the command line, without the dashes. */
export type BackendFlags = Readonly<Partial<Record<BackendFlag, string>>>

export type BackendFlag = keyof typeof FLAG_KEYS

/** The setting that each flag sets. */
export const FLAG_KEYS = {
  addr: 'addr',
  'data-dir': 'data_dir',
  'log-level': 'log.level',
  instance: 'ecs.instance',
  region: 'ecs.region',
  cluster: 'ecs.cluster',
  subnets: 'ecs.subnets',
  'security-groups': 'ecs.security_groups',
  'execution-role-arn': 'ecs.execution_role_arn',
  'task-role-arn': 'ecs.task_role_arn',
  'efs-filesystem-id': 'ecs.efs_filesystem_id',
  'ecr-repository': 'ecs.ecr_repository',
  'log-group': 'ecs.log_group',
} as const

const SEARCH_PATHS = ['backend-ecs.yaml', '/etc/sockerless/backend-ecs.yaml']

interface Source {
  readonly flags?: BackendFlags
  readonly configFile?: string | undefined
  readonly env?: Environment
  readonly cwd?: string
}

/** Flags over `SOCKERLESS_…` over file over defaults. Throws `SettingsError` with every problem at once. */
export function loadBackendSettings({ flags = {}, ...source }: Source): LoadedSettings<BackendSettings> {
  const keys = Object.entries(FLAG_KEYS) as [BackendFlag, string][]
  return loadSettings<BackendSettings>({
    ...source,
    schema: backendSettingsSchema,
    envPrefix: 'SOCKERLESS',
    searchPaths: SEARCH_PATHS,
    flags: Object.fromEntries(keys.map(([flag, key]) => [key, flags[flag]])),
    flagNames: Object.fromEntries(keys.map(([flag, key]) => [key, `--${flag}`])),
  })
}
