import { parse } from 'yaml'
import { CliError } from '../cli-error.ts'
import type { ConfigObject } from './parse-config.ts'

type Schema = Readonly<Record<string, unknown>>

/**
 * Applies `--set env.GREETING=hi` assignments and `--unset` paths to a copy of `config`. The provider's schema decides
 * what a value is: `env.PORT=80` is the text "80" where the schema wants text. An unset key becomes `null`, as a merge
 * patch wants it. `\.` is a dot inside a key.
 */
export function applyAssignments(
  config: ConfigObject,
  change: { readonly set: readonly string[]; readonly unset: readonly string[]; readonly schema: Schema },
): ConfigObject {
  const result = structuredClone(config)
  for (const assignment of change.set) {
    const at = assignment.indexOf('=')
    if (at < 1) throw invalid(`--set ${assignment}: expected path=value, e.g. --set env.GREETING=hi`)
    const path = splitPath(assignment.slice(0, at))
    place(result, path, toValue(assignment.slice(at + 1), schemaAt(change.schema, path), assignment))
  }
  for (const text of change.unset) place(result, splitPath(text), null)
  return result
}

function splitPath(text: string): string[] {
  const path = text.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'))
  if (path.some((key) => key === '')) throw invalid(`${text}: expected keys separated by dots, e.g. env.GREETING`)
  if (path.some((key) => /\[\d*\]$/.test(key))) {
    throw invalid(`${text}: a list is set as a whole, e.g. --set 'ports=[{"container_port":80}]'`)
  }
  return path
}

function place(target: ConfigObject, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path
  if (rest.length === 0) {
    setOwn(target, key, value)
    return
  }
  const below = Object.hasOwn(target, key) ? target[key] : undefined
  const next = isObject(below) ? below : {}
  setOwn(target, key, next)
  place(next, rest, value)
}

// `__proto__` is a key like any other.
function setOwn(target: ConfigObject, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

function toValue(text: string, schema: Schema | undefined, assignment: string): unknown {
  const types = [schema?.type ?? []].flat()
  if (types.includes('string') && !(types.includes('null') && text === 'null')) return text
  try {
    const value: unknown = parse(text, { version: '1.2' })
    return value === null && text.trim() === '' ? '' : value
  } catch (cause) {
    throw invalid(`--set ${assignment}: the value does not parse: ${(cause as Error).message}`, cause)
  }
}

function schemaAt(schema: Schema, path: readonly string[]): Schema | undefined {
  let at: unknown = schema
  for (const key of path) {
    if (!isObject(at)) return undefined
    const properties = isObject(at.properties) && Object.hasOwn(at.properties, key) ? at.properties[key] : undefined
    at = resolveReference(schema, properties ?? at.additionalProperties)
  }
  return isObject(at) ? at : undefined
}

function resolveReference(root: Schema, schema: unknown): unknown {
  if (!isObject(schema) || typeof schema.$ref !== 'string' || !schema.$ref.startsWith('#/')) return schema
  return schema.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, token) => (isObject(at) ? at[token] : undefined), root)
}

function isObject(value: unknown): value is ConfigObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(message: string, cause?: unknown): CliError {
  return new CliError({ reason: 'usage', message, ...(cause === undefined ? {} : { cause }) })
}
