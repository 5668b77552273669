import { isSecretName, REDACTED, redactText } from './redact-text.ts'

const MAX_DEPTH = 12

/**
 * A plain copy of anything, fit for a log: fields that name a secret are replaced whole, every text is searched.
 * Errors keep name, message, own fields and cause; streams, buffers and functions become a word.
 */
export function redactAws(value: unknown): unknown {
  return redact(value, new Set(), 0)
}

function redact(value: unknown, above: Set<object>, depth: number): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof URL) return redactText(value.href)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[binary]'
  if (above.has(value)) return '[circular]'
  if (depth >= MAX_DEPTH) return '[deep]'
  above.add(value)
  const copy = redactObject(value, (inner) => redact(inner, above, depth + 1))
  above.delete(value)
  return copy
}

function redactObject(value: object, inner: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(inner)
  if (value instanceof Set) return [...value].map(inner)
  const fields = value instanceof Map ? [...value] : fieldsOf(value)
  return Object.fromEntries(
    fields.map(([key, field]) => [redactText(String(key)), redactField(String(key), field, inner)]),
  )
}

function redactField(key: string, field: unknown, inner: (value: unknown) => unknown): unknown {
  if (field === undefined || field === null) return field
  return isSecretName(key) ? REDACTED : inner(field)
}

function fieldsOf(value: object): [string, unknown][] {
  const own = Object.entries(value).filter(([key]) => !key.startsWith('$') || key === '$metadata')
  if (!(value instanceof Error)) return own
  const described: [string, unknown][] = [
    ['name', value.name],
    ['message', value.message],
  ]
  if (value.cause !== undefined) described.push(['cause', value.cause])
  const taken = new Set(['name', 'message', 'cause', 'stack'])
  return [...described, ...own.filter(([key]) => !taken.has(key))]
}
