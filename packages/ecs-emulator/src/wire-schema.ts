import { NormalizedSchema } from '@smithy/core/schema'
import { EcsError } from './ecs-error.ts'

/** Any schema that the SDK exports. */
export type SdkSchema = Parameters<typeof NormalizedSchema.of>[0]

/** Turns a request's JSON into what the SDK's types say, or refuses it: wrong types, and members that must be there. */
export function readRequest(schema: SdkSchema, body: unknown): unknown {
  if (body === null) throw wrongType('', 'a structure', body)
  return convert(NormalizedSchema.of(schema), body, '', 'read')
}

/** Turns a response into JSON; dates become epoch seconds. What the SDK's model does not know is a defect of the emulator. */
export function writeResponse(schema: SdkSchema, value: unknown): unknown {
  return convert(NormalizedSchema.of(schema), value, '', 'write')
}

type Direction = 'read' | 'write'

function convert(schema: NormalizedSchema, value: unknown, path: string, direction: Direction): unknown {
  if (value === undefined || value === null) return undefined
  if (schema.isListSchema()) return convertList(schema, value, path, direction)
  if (schema.isMapSchema()) return convertMap(schema, value, path, direction)
  if (schema.isStructSchema()) return convertStruct(schema, value, path, direction)
  if (schema.isTimestampSchema()) return convertTimestamp(value, path, direction)
  if (schema.isStringSchema()) return expectType(value, 'string', path)
  if (schema.isBooleanSchema()) return expectType(value, 'boolean', path)
  if (schema.isNumericSchema()) return expectType(value, 'number', path)
  return value
}

function convertStruct(schema: NormalizedSchema, value: unknown, path: string, direction: Direction): unknown {
  if (!isObject(value)) throw wrongType(path, 'a structure', value)
  const known = new Map([...schema.structIterator()])
  if (direction === 'write') {
    const unknown = Object.keys(value).find((key) => value[key] !== undefined && !known.has(key))
    if (unknown !== undefined) throw new Error(`The response has ${path}/${unknown}, which the SDK's model does not.`)
  } else requireMembers(schema, value, path)
  const converted: Record<string, unknown> = {}
  for (const [name, member] of known) {
    const result = convert(member, value[name], `${path}/${name}`, direction)
    if (result !== undefined) converted[name] = result
  }
  return converted
}

/** A structure's schema says in its seventh place how many of its members, the first ones, are required. */
function requireMembers(schema: NormalizedSchema, value: Record<string, unknown>, path: string): void {
  const raw: unknown = schema.getSchema()
  const count = Array.isArray(raw) && typeof raw[6] === 'number' ? raw[6] : 0
  const names = [...schema.structIterator()].slice(0, count).map(([name]) => name)
  const missing = names.find((name) => value[name] === undefined || value[name] === null)
  if (missing === undefined) return
  const where = path === '' ? missing : `${path.slice(1)}.${missing}`
  throw new EcsError({ type: 'InvalidParameterException', message: `${where} can not be blank.` })
}

function convertList(schema: NormalizedSchema, value: unknown, path: string, direction: Direction): unknown[] {
  if (!Array.isArray(value)) throw wrongType(path, 'a list', value)
  const item = schema.getValueSchema()
  return value.map((element, index) => {
    const place = `${path}/${index}`
    if (element === null) throw wrongType(place, item.isStructSchema() ? 'a structure' : 'a value', element)
    return convert(item, element, place, direction)
  })
}

function convertMap(schema: NormalizedSchema, value: unknown, path: string, direction: Direction): unknown {
  if (!isObject(value)) throw wrongType(path, 'a map', value)
  const item = schema.getValueSchema()
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => [key, convert(item, element, `${path}/${key}`, direction)]),
  )
}

function convertTimestamp(value: unknown, path: string, direction: Direction): unknown {
  if (direction === 'write') {
    if (value instanceof Date) return value.getTime() / 1000
    throw wrongType(path, 'a date', value)
  }
  if (typeof value === 'number') return new Date(value * 1000)
  throw wrongType(path, 'a timestamp in epoch seconds', value)
}

function expectType(value: unknown, type: 'string' | 'boolean' | 'number', path: string): unknown {
  if (typeof value === type) return value
  throw wrongType(path, `a ${type}`, value)
}

function wrongType(path: string, expected: string, value: unknown): EcsError {
  const got = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value
  const message = `${path === '' ? 'The body' : path} must be ${expected}, but is ${got}.`
  return new EcsError({ type: 'SerializationException', message })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
