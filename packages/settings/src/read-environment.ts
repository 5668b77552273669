import { coerceText } from './coerce-text.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Environment } from './find-settings-file.ts'
import type { JsonSchema } from './json.ts'
import { formatKey } from './key-path.ts'
import { quoteReceived } from './redact-value.ts'
import { isSection } from './schema-walk.ts'
import { configVariable, type SettingKey } from './setting-keys.ts'
import { createIssue, type SettingsIssue } from './settings-issue.ts'
import { type Assignment, toAssignments } from './settings-layer.ts'

export interface EnvironmentLayer {
  readonly assignments: readonly Assignment[]
  readonly issues: readonly SettingsIssue[]
  readonly warnings: readonly SettingsIssue[]
}

export interface EnvironmentContext {
  readonly schema: JsonSchema
  readonly keys: readonly SettingKey[]
  readonly env: Environment
  readonly envPrefix: string
  readonly cwd: string
}

/** The settings in the environment. An empty variable counts as not set, as compose files and shells leave them. */
export function readEnvironment(context: EnvironmentContext): EnvironmentLayer {
  const read = context.keys.map((key) => readKey(key, context))
  return {
    assignments: read.flatMap((layer) => layer.assignments),
    issues: read.flatMap((layer) => layer.issues),
    warnings: [...read.flatMap((layer) => layer.warnings), ...unknownVariables(context)],
  }
}

function readKey(key: SettingKey, { schema, env, cwd }: EnvironmentContext): EnvironmentLayer {
  const [name, ...shadowed] = key.variables.filter((variable) => env[variable])
  const text = name === undefined ? undefined : env[name]
  if (name === undefined || text === undefined) return { assignments: [], issues: [], warnings: [] }
  const source = { kind: 'environment', name } as const
  const coerced = coerceText(key.schema, text)
  const warnings = shadowed
    .filter((variable) => env[variable] !== text)
    .map((variable) =>
      createIssue({
        code: 'shadowed_variable',
        path: key.path,
        source: { kind: 'environment', name: variable },
        text: `has no effect because ${name} is set`,
        cwd,
      }),
    )
  if (coerced.ok)
    return { assignments: toAssignments(key.schema, key.path, coerced.value, () => source), issues: [], warnings }
  // An object's text may hold a secret anywhere.
  const received = isSection(key.schema) || key.schema.type === 'object' ? '' : quoteReceived(schema, key.path, text)
  const issue = createIssue({
    code: 'invalid_value',
    path: key.path,
    source,
    text: `${coerced.expected}${received}`,
    cwd,
  })
  return { assignments: [], issues: [issue], warnings }
}

function unknownVariables({ schema, keys, env, envPrefix, cwd }: EnvironmentContext): SettingsIssue[] {
  const known = new Set([configVariable(envPrefix), ...keys.flatMap((key) => key.variables)])
  // What the program reads itself is no setting.
  const others = [schema['x-env-others'] ?? []].flat().map(String)
  const isSetting = (name: string) =>
    name.startsWith(`${envPrefix}_`) && !others.some((other) => name.startsWith(other))
  const unknown = Object.keys(env).filter((name) => isSetting(name) && env[name] && !known.has(name))
  return unknown.sort().map((name) =>
    createIssue({
      code: 'unknown_variable',
      source: { kind: 'environment', name },
      text: `is not a known variable${mapAbove(name, keys) ?? closest(name, known, envPrefix)}`,
      cwd,
    }),
  )
}

// LANDLORD_COMPUTE_DOCKER_HOST: the schema does not name the keys below `compute`, so a variable cannot either.
function mapAbove(name: string, keys: readonly SettingKey[]): string | undefined {
  const maps = keys.filter((key) => key.schema.type === 'object' && !isSection(key.schema))
  for (const { path, variables } of maps)
    for (const variable of variables)
      if (name.startsWith(`${variable}_`))
        return `; set ${formatKey(path)} as a whole with a JSON object in ${variable}`
  return undefined
}

function closest(name: string, known: ReadonlySet<string>, envPrefix: string): string {
  // Without the prefix, which would make everything look alike.
  const names = [...known].filter((candidate) => candidate.startsWith(`${envPrefix}_`))
  const guess = didYouMean(
    name.slice(envPrefix.length + 1),
    names.map((candidate) => candidate.slice(envPrefix.length + 1)),
  )
  return guess.replace('"', `"${envPrefix}_`)
}
