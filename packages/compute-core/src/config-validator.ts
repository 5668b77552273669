import type { ErrorObject, ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { InvalidConfigError } from './errors/invalid-config-error.ts'
import type { ValidationIssue } from './errors/validation-issue.ts'
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { appendPointer, parsePointer } from './json-pointer.ts'
import { viewSchema } from './schema-view.ts'
import { suggestName } from './suggest-name.ts'

export interface ConfigValidator {
  /** Every issue at once, none when the value is valid. */
  issues(value: unknown): ValidationIssue[]
  /** Throws `InvalidConfigError` unless the value is valid. */
  assert(value: unknown, subject?: string): void
}

/**
 * Compiles a draft 2020-12 schema once. Throws `TypeError` when the schema itself is wrong.
 * The keywords of `x-` extensions and `format` are annotations.
 */
export function createConfigValidator(schema: JsonSchema): ConfigValidator {
  const validate = compile(schema)
  const issues = (value: unknown): ValidationIssue[] => {
    if (validate(value)) return []
    const errors = validate.errors ?? []
    return withoutCombinators(errors).map((error) => toIssue(error, schema, value))
  }
  return {
    issues,
    assert(value, subject) {
      const found = issues(value)
      if (found.length > 0)
        throw new InvalidConfigError({ issues: found, ...(subject === undefined ? {} : { subject }) })
    },
  }
}

let schemaChecker: Ajv2020 | undefined

// Compiling the draft's own schema is half of the work, so that is done once per process. The instance that compiles
// `schema` is not shared: it remembers every `$id`, and the next schema with the same one would clash.
function compile(schema: JsonSchema): ValidateFunction {
  schemaChecker ??= new Ajv2020({ allErrors: true, strict: false, validateFormats: false })
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    verbose: true,
    validateFormats: false,
    validateSchema: false,
  })
  try {
    schemaChecker.validateSchema(schema, true)
    return ajv.compile(schema)
  } catch (cause) {
    throw new TypeError(`configSchema is not a valid JSON Schema (draft 2020-12): ${(cause as Error).message}`, {
      cause,
    })
  }
}

// "must match exactly one schema in oneOf" says nothing once the branch's own errors are listed.
function withoutCombinators(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const plain = errors.filter((error) => !['if', 'oneOf', 'anyOf', 'allOf'].includes(error.keyword))
  return plain.length > 0 ? plain : errors
}

function toIssue(error: ErrorObject, schema: JsonSchema, root: unknown): ValidationIssue {
  const { path, message, expected } = explain(error)
  const received = receivedValue(error, schema, root)
  return {
    path,
    keyword: error.keyword,
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  }
}

function explain(error: ErrorObject): { path: string; message: string; expected?: JsonValue } {
  const path = error.instancePath
  const parameters = error.params as Record<string, JsonValue>
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey(error, path)
    case 'required':
      return {
        path: appendPointer(path, String(parameters.missingProperty)),
        message: 'is required',
        expected: String(parameters.missingProperty),
      }
    case 'enum': {
      const allowed = parameters.allowedValues as JsonValue[]
      const guess = typeof error.data === 'string' ? suggestName(error.data, allowed.map(String)) : undefined
      const list = allowed.map((value) => JSON.stringify(value)).join(', ')
      return { path, message: `must be one of ${list}${didYouMean(guess)}`, expected: allowed }
    }
    case 'const':
      return {
        path,
        message: `must be ${JSON.stringify(parameters.allowedValue)}`,
        expected: parameters.allowedValue ?? null,
      }
    case 'type':
      return {
        path,
        message: `must be ${[parameters.type].flat().join(' or ')}`,
        expected: parameters.type ?? null,
      }
    case 'pattern': {
      const hint = (error.parentSchema as JsonObject | undefined)?.description
      const why = typeof hint === 'string' ? ` (${hint})` : ''
      return { path, message: `must match ${parameters.pattern}${why}`, expected: parameters.pattern ?? null }
    }
    default: {
      const limit = parameters.limit
      return {
        path,
        message: error.message ?? `fails ${error.keyword}`,
        ...(limit === undefined ? {} : { expected: limit }),
      }
    }
  }
}

function unknownKey(error: ErrorObject, path: string): { path: string; message: string; expected?: JsonValue } {
  const key = String(error.params.additionalProperty ?? error.params.unevaluatedProperty)
  const properties = (error.parentSchema as JsonObject | undefined)?.properties
  const known = isJsonObject(properties) ? Object.keys(properties) : []
  const guess = suggestName(key, known)
  const message = `is not a known key${didYouMean(guess)}`
  return { path: appendPointer(path, key), message, expected: known }
}

function didYouMean(guess: string | undefined): string {
  return guess === undefined ? '' : `; did you mean "${guess}"?`
}

// A value that the schema marks, or that contains others, or that no schema describes, may be a secret: it is left out.
function receivedValue(error: ErrorObject, schema: JsonSchema, root: unknown): JsonValue | undefined {
  const value = error.data as JsonValue
  if ((typeof value === 'object' && value !== null) || !isJsonObject(root)) return undefined
  let view = viewSchema(schema)
  let at: JsonValue | undefined = root
  for (const token of parsePointer(error.instancePath)) {
    if (view.marked('sensitive')) return undefined
    view = view.child(Array.isArray(at) ? Number(token) : token)
    at = Array.isArray(at) ? at[Number(token)] : isJsonObject(at) ? at[token] : undefined
  }
  return view.known && !view.marked('sensitive') ? value : undefined
}
