import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { configVariable } from './setting-keys.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A file that somebody asked for must exist; one on the search path may be missing. */
export type SettingsFileChoice =
  | { readonly kind: 'explicit'; readonly path: string; readonly askedBy: string }
  | { readonly kind: 'search'; readonly paths: readonly string[] }

export interface SettingsFileOptions {
  readonly configFile: string | undefined
  readonly searchPaths: readonly string[] | undefined
  readonly homeDirectory: string | undefined
  readonly env: Environment
  readonly envPrefix: string
  readonly cwd: string
}

/** Which file holds the settings: the given one, the one that `LANDLORD_CONFIG` names, or the first on the search path. */
export function findSettingsFile(options: SettingsFileOptions): SettingsFileChoice {
  const { configFile, env, envPrefix, cwd } = options
  if (configFile !== undefined) return { kind: 'explicit', path: resolve(cwd, configFile), askedBy: '--config' }
  const variable = configVariable(envPrefix)
  const named = env[variable]
  if (named) return { kind: 'explicit', path: resolve(cwd, named), askedBy: variable }
  const paths = options.searchPaths ?? defaultSearchPaths(options)
  return { kind: 'search', paths: paths.map((path) => resolve(cwd, path)) }
}

function defaultSearchPaths({ env, homeDirectory }: SettingsFileOptions): string[] {
  const configHome = configDirectory(env, homeDirectory)
  const personal = configHome === undefined ? [] : [join(configHome, 'landlord', 'config.yaml')]
  return ['landlord.yaml', ...personal, '/etc/landlord/config.yaml']
}

// A relative XDG_CONFIG_HOME counts as not set (XDG base directory specification 0.8).
function configDirectory(env: Environment, homeDirectory: string | undefined): string | undefined {
  const configured = env.XDG_CONFIG_HOME
  if (configured && isAbsolute(configured)) return configured
  try {
    return join(homeDirectory ?? homedir(), '.config')
  } catch {
    // A user without an entry in the password database, as containers like to have, has no home.
    return undefined
  }
}
