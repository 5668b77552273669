import type { JsonSchema } from './json.ts'
import { formatKey, type KeyPath } from './key-path.ts'
import { propertiesOf } from './schema-walk.ts'

/** A key that the schema declares, and the variables that set it; the first one wins. */
export interface SettingKey {
  readonly path: KeyPath
  readonly schema: JsonSchema
  readonly variables: readonly string[]
}

export interface SettingKeysOptions {
  readonly schema: JsonSchema
  readonly envPrefix: string
  /** Further variables by dotted key. */
  readonly envAliases: Readonly<Record<string, readonly string[]>>
}

/** Every declared key, parents first. Throws `TypeError` when two keys would answer to one variable. */
export function listSettingKeys({ schema, envPrefix, envAliases }: SettingKeysOptions): SettingKey[] {
  const keys = walk(schema, []).map(({ path, schema: found }): SettingKey => {
    const marked = Array.isArray(found['x-env']) ? found['x-env'].map(String) : []
    return {
      path,
      schema: found,
      variables: [variableName(envPrefix, path), ...marked, ...(envAliases[formatKey(path)] ?? [])],
    }
  })
  assertAliases(keys, envAliases)
  assertDistinct(keys, envPrefix)
  return keys
}

/** The variable that names the settings file: `LANDLORD_CONFIG`. */
export function configVariable(envPrefix: string): string {
  return `${envPrefix}_CONFIG`
}

function walk(schema: JsonSchema, parent: KeyPath): Omit<SettingKey, 'variables'>[] {
  const here = propertiesOf(schema).map(([key, found]) => ({ path: [...parent, key], schema: found }))
  return [...here, ...here.flatMap((key) => walk(key.schema, key.path))]
}

/** `database.pool_max` and `database.poolMax` are both `LANDLORD_DATABASE_POOL_MAX`. */
function variableName(envPrefix: string, path: KeyPath): string {
  const words = path.map((key) => key.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll(/[^A-Za-z0-9]+/g, '_'))
  return [envPrefix, ...words].join('_').toUpperCase()
}

function assertAliases(keys: readonly SettingKey[], envAliases: SettingKeysOptions['envAliases']): void {
  const known = new Set(keys.map((key) => formatKey(key.path)))
  for (const key of Object.keys(envAliases))
    if (!known.has(key)) throw new TypeError(`envAliases: ${JSON.stringify(key)} is not a key of the settings schema`)
}

function assertDistinct(keys: readonly SettingKey[], envPrefix: string): void {
  const owners = new Map([[configVariable(envPrefix), 'the path of the settings file']])
  for (const key of keys)
    for (const variable of key.variables) {
      const owner = owners.get(variable)
      const name = formatKey(key.path)
      if (owner !== undefined && owner !== name)
        throw new TypeError(`settings schema: the variable ${variable} would set both ${owner} and ${name}; rename one`)
      owners.set(variable, name)
    }
}
