import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { didYouMean } from './did-you-mean.ts'
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { fromPointer, type KeyPath, toPointer } from './key-path.ts'
import { quoteReceived } from './redact-value.ts'
import type { SettingsIssueCode } from './settings-issue.ts'

/** What is wrong at a path, before anybody knows where the value came from. */
export interface Finding {
  readonly code: SettingsIssueCode
  readonly path: KeyPath
  readonly text: string
}

/** Every problem at once. Throws `TypeError` when the schema itself is wrong. */
export function validateSettings(schema: JsonSchema, values: JsonObject): Finding[] {
  const validate = compile(schema)
  if (validate(values)) return []
  const findings = groupByPlace(validate.errors ?? []).map((errors) => toFinding(errors, schema))
  return findings.filter((finding) => finding !== undefined)
}

function compile(schema: JsonSchema) {
  const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true, logger: false })
  formats.default(ajv)
  try {
    return ajv.compile(schema)
  } catch (cause) {
    throw new TypeError(`the settings schema is not a JSON Schema (draft 2020-12): ${(cause as Error).message}`, {
      cause,
    })
  }
}

// The branches of a union each complain of the same value: together they are one problem.
function groupByPlace(errors: readonly ErrorObject[]): ErrorObject[][] {
  const groups = new Map<string, ErrorObject[]>()
  for (const error of errors) {
    const key = toPointer(placeOf(error))
    groups.set(key, [...(groups.get(key) ?? []), error])
  }
  // The union's own complaint says nothing once that of a value inside it is listed.
  return [...groups]
    .filter(([key, group]) => !group.every(isCombinator) || !hasBelow(groups, key))
    .map(([, group]) => group)
}

function hasBelow(groups: ReadonlyMap<string, unknown>, key: string): boolean {
  return [...groups.keys()].some((other) => other.startsWith(`${key}/`))
}

function isCombinator(error: ErrorObject): boolean {
  return ['if', 'oneOf', 'anyOf', 'allOf'].includes(error.keyword)
}

function placeOf(error: ErrorObject): KeyPath {
  const path = fromPointer(error.instancePath)
  const { missingProperty, additionalProperty, unevaluatedProperty, propertyName } = error.params as Record<
    string,
    unknown
  >
  const key = missingProperty ?? additionalProperty ?? unevaluatedProperty ?? propertyName
  return key === undefined || error.keyword === 'dependentRequired' ? path : [...path, String(key)]
}

function toFinding(errors: readonly ErrorObject[], schema: JsonSchema): Finding | undefined {
  const plain = errors.filter((error) => !isCombinator(error))
  const [error] = plain.length > 0 ? plain : errors
  if (error === undefined) return undefined
  const path = placeOf(error)
  if (error.keyword === 'required') return { code: 'missing_value', path, text: 'is required' }
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties')
    return { code: 'unknown_key', path, text: `is not a known key${didYouMean(path.at(-1) ?? '', knownKeys(error))}` }
  const received = error.keyword === 'propertyNames' ? '' : quoteReceived(schema, path, error.data as JsonValue)
  const causes = plain.length > 0 ? plain : errors
  // A hint would give a hidden value away as much as the value itself.
  const guess =
    received !== '' && typeof error.data === 'string' ? didYouMean(error.data, literalsOf(causes).map(String)) : ''
  return { code: 'invalid_value', path, text: `${expectation(causes)}${received}${guess}` }
}

function knownKeys(error: ErrorObject): string[] {
  const properties = (error.parentSchema as JsonObject | undefined)?.properties
  return isJsonObject(properties) ? Object.keys(properties) : []
}

function expectation(errors: readonly ErrorObject[]): string {
  const literals = literalsOf(errors)
  const texts = errors.filter((error) => literalsOf([error]).length === 0).map(explain)
  const list = literals.map((value) => JSON.stringify(value)).join(', ')
  if (literals.length > 0) texts.push(`must be ${literals.length === 1 ? '' : 'one of '}${list}`)
  const [first, ...others] = new Set(texts)
  return [first, ...others.map((text) => text.replace(/^must be /, ''))].join(' or ')
}

function literalsOf(errors: readonly ErrorObject[]): JsonValue[] {
  return errors.flatMap((error) => {
    if (error.keyword === 'const') return [error.params.allowedValue as JsonValue]
    return error.keyword === 'enum' ? (error.params.allowedValues as JsonValue[]) : []
  })
}

function explain(error: ErrorObject): string {
  if (error.keyword === 'type') return `must be ${[error.params.type].flat().join(' or ')}`
  if (error.keyword !== 'pattern') return error.message ?? `fails ${error.keyword}`
  const hint = (error.parentSchema as JsonObject | undefined)?.description
  return `must match ${error.params.pattern}${typeof hint === 'string' ? ` (${hint})` : ''}`
}
