import { isJsonObject, type JsonSchema, type JsonValue } from './json.ts'
import { branchesOf } from './schema-walk.ts'

export type Coerced =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly expected: string }

const TRUE_WORDS = ['true', '1', 'yes', 'on']
const FALSE_WORDS = ['false', '0', 'no', 'off']

const EXPECTATIONS: Record<string, string> = {
  integer: 'integer',
  number: 'number',
  boolean: 'boolean (true, false, 1, 0, yes, no, on or off)',
  array: 'a comma-separated list or a JSON array',
  object: 'a JSON object',
  null: 'null',
}

/** Reads text as the type that the schema asks for; text stays text where a string is accepted. */
export function coerceText(schema: JsonSchema, text: string): Coerced {
  const types = typesOf(schema)
  if (types.size === 0) return { ok: true, value: parseJson(text) ?? text }
  // From the narrowest type to the widest: where both fit, `8080` means the number.
  for (const type of ['integer', 'number', 'boolean', 'null', 'array', 'object']) {
    const value = types.has(type) ? parseAs(type, schema, text.trim(), types.has('string')) : undefined
    if (value !== undefined) return { ok: true, value }
  }
  if (types.has('string')) return { ok: true, value: text }
  return { ok: false, expected: `must be ${[...types].map((type) => EXPECTATIONS[type] ?? type).join(' or ')}` }
}

/** The JSON types that a schema accepts; none when it does not say. */
export function typesOf(schema: JsonSchema): Set<string> {
  const types = branchesOf(schema).flatMap((branch) => {
    if (branch.type !== undefined) return [branch.type].flat().map(String)
    const literals = 'const' in branch ? [branch.const ?? null] : Array.isArray(branch.enum) ? branch.enum : []
    return literals.map(typeOf)
  })
  return new Set(types)
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function parseAs(type: string, schema: JsonSchema, text: string, orString: boolean): JsonValue | undefined {
  switch (type) {
    case 'integer':
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
    case 'boolean':
      if (TRUE_WORDS.includes(text.toLowerCase())) return true
      return FALSE_WORDS.includes(text.toLowerCase()) ? false : undefined
    case 'null':
      return text === 'null' ? null : undefined
    case 'array':
      return parseList(schema, text, orString)
    default: {
      const value = parseJson(text)
      return isJsonObject(value) ? value : undefined
    }
  }
}

function parseList(schema: JsonSchema, text: string, orString: boolean): JsonValue[] | undefined {
  if (text.startsWith('[') && text.endsWith(']')) {
    const value = parseJson(text)
    return Array.isArray(value) ? value : undefined
  }
  if (orString) return undefined
  const items = isJsonObject(schema.items) ? schema.items : { type: 'string' }
  // An item of another type stays text, and the validator names it.
  return text.split(',').map((item) => {
    const coerced = coerceText(items, item.trim())
    return coerced.ok ? coerced.value : item.trim()
  })
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    // The parser's message quotes the text, which may hold a secret.
    return undefined
  }
}
