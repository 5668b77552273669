import { describeSettings, leavesOf, type SettingRow } from './describe-settings.ts'
import { fillDefaults } from './fill-defaults.ts'
import { type Environment, findSettingsFile } from './find-settings-file.ts'
import { formatKey, type KeyPath, toPointer } from './key-path.ts'
import { prepareSchema } from './prepare-schema.ts'
import { readEnvironment } from './read-environment.ts'
import { type FlagValues, readFlags } from './read-flags.ts'
import { readSettingsFile } from './read-settings-file.ts'
import { listSettingKeys, type SettingKey } from './setting-keys.ts'
import { formatSource, type SettingSource } from './setting-source.ts'
import { SettingsError } from './settings-error.ts'
import { createIssue, inReadingOrder, type SettingsIssue } from './settings-issue.ts'
import { SettingsTree } from './settings-tree.ts'
import { type Finding, validateSettings } from './validate-settings.ts'

export interface LoadSettingsOptions {
  /** JSON Schema (draft 2020-12) of the settings; objects that declare their keys accept no others. */
  readonly schema: object
  /** Parsed flags by dotted key or nested; `undefined` values count as not given. */
  readonly flags?: FlagValues
  /** What the user types for a flag, by dotted key; `--database-url` for `database.url` by default. For messages only. */
  readonly flagNames?: Readonly<Record<string, string>>
  /** Default: `process.env`. */
  readonly env?: Environment
  /** Default: `process.cwd()`. */
  readonly cwd?: string
  /** Default: the user's home directory. */
  readonly homeDirectory?: string
  /** The value of `--config`; it must exist. */
  readonly configFile?: string | undefined
  /** Where to look for a file that nobody named, first found wins; `[]` for nowhere. Relative to `cwd`. */
  readonly searchPaths?: readonly string[]
  /** Default: `LANDLORD`. */
  readonly envPrefix?: string
  /** Further variables by dotted key, beside the schema's `x-env`: `{ 'database.url': ['DATABASE_URL'] }`. */
  readonly envAliases?: Readonly<Record<string, readonly string[]>>
}

export interface LoadedSettings<T> {
  /** Valid, complete with defaults, deeply frozen. */
  readonly values: T
  /** The source of every value (scalar, list or empty object) by JSON pointer. */
  readonly sources: Readonly<Record<string, SettingSource>>
  /** The settings file, absolute; absent when there is none. */
  readonly file?: string
  /** Variables with the prefix that no key has, and variables that another one overrides. */
  readonly warnings: readonly SettingsIssue[]
  /**
   * All effective settings. A schema that knows more (of the blocks of providers, say) can be given to show values that
   * the own schema does not describe and that are therefore hidden.
   */
  describe(schema?: object): SettingRow[]
}

/**
 * Flags over environment over file over defaults. Throws `SettingsError` with every problem at once, `TypeError` when the
 * schema itself is wrong.
 */
export function loadSettings<T>(options: LoadSettingsOptions): LoadedSettings<T> {
  const { env = process.env, cwd = process.cwd(), envPrefix = 'LANDLORD', envAliases = {} } = options
  const { flags = {}, flagNames = {}, configFile, searchPaths, homeDirectory } = options
  const schema = prepareSchema(options.schema)
  const keys = listSettingKeys({ schema, envPrefix, envAliases })
  const choice = findSettingsFile({ configFile, searchPaths, homeDirectory, env, envPrefix, cwd })
  const file = readSettingsFile(choice, schema, cwd)
  const environment = readEnvironment({ schema, keys, env, envPrefix, cwd })
  const given = readFlags({ schema, flags, flagNames, cwd })

  const tree = new SettingsTree()
  for (const layer of [file, environment, given]) for (const assignment of layer.assignments) tree.place(assignment)
  fillDefaults(schema, tree.values, (path) => tree.note(path, { kind: 'default' }))
  const unread = [...file.issues, ...environment.issues, ...given.issues]
  const findings = validateSettings(schema, tree.values).filter((finding) => !isExplained(finding, unread))
  const issues = [...unread, ...findings.map((finding) => toIssue(finding, tree, keys, cwd))]
  if (issues.length > 0) throw new SettingsError({ issues: inReadingOrder(issues) })

  const sourceAt = (path: KeyPath): SettingSource => tree.sourceAt(path) ?? { kind: 'default' }
  return {
    // The schema has just been checked; that T is its type is the caller's promise.
    values: deepFreeze(tree.values) as T,
    sources: Object.freeze(
      Object.fromEntries(leavesOf(tree.values).map(({ path }) => [toPointer(path), sourceAt(path)])),
    ),
    ...(file.path === undefined ? {} : { file: file.path }),
    warnings: environment.warnings,
    describe: (wider) =>
      describeSettings(wider === undefined ? schema : prepareSchema(wider), tree.values, (path) =>
        formatSource(sourceAt(path), cwd),
      ),
  }
}

// What is missing may be in the file that could not be read, or in the variable that was wrong.
function isExplained(finding: Finding, unread: readonly SettingsIssue[]): boolean {
  if (finding.code !== 'missing_value') return false
  const key = formatKey(finding.path)
  return unread.some((issue) => issue.code === 'invalid_file' || issue.key === key || key.startsWith(`${issue.key}.`))
}

function toIssue(finding: Finding, tree: SettingsTree, keys: readonly SettingKey[], cwd: string): SettingsIssue {
  const { code, path } = finding
  const variable = keys.find((key) => toPointer(key.path) === toPointer(path))?.variables[0]
  const isMissing = code === 'missing_value' && variable !== undefined
  const text = isMissing ? `${finding.text}; set it in the settings file or with ${variable}` : finding.text
  return createIssue({ code, path, source: tree.sourceAt(path), text, cwd })
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) deepFreeze(item)
    Object.freeze(value)
  }
  return value
}
