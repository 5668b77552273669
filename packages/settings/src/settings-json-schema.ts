import { isJsonObject, type JsonObject, type JsonSchema } from './json.ts'
import { toPointer } from './key-path.ts'
import { prepareSchema } from './prepare-schema.ts'
import { isSection } from './schema-walk.ts'
import { listSettingKeys } from './setting-keys.ts'

export interface SettingsJsonSchemaOptions {
  /** The address under which the document is published. */
  readonly id: string
  readonly title: string
  /** Default: `LANDLORD`. */
  readonly envPrefix?: string
}

/**
 * The schema of the settings file, for editors. Descriptions name the variable of each key. No key is required: what a
 * file leaves out can come from flags or the environment.
 */
export function settingsJsonSchema(
  schema: object,
  { id, title, envPrefix = 'LANDLORD' }: SettingsJsonSchemaOptions,
): JsonSchema {
  const prepared = prepareSchema(schema)
  const keys = listSettingKeys({ schema: prepared, envPrefix, envAliases: {} })
  const variables = new Map(keys.map((key) => [toPointer(key.path), key.variables]))
  const { $schema: _dialect, $id: _id, title: _title, ...rest } = publish(prepared, '', variables)
  // A JSON file points its editor here with `$schema`.
  const properties = { $schema: { type: 'string' }, ...(isJsonObject(rest.properties) ? rest.properties : {}) }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: id, title, ...rest, properties }
}

function publish(schema: JsonSchema, pointer: string, variables: ReadonlyMap<string, readonly string[]>): JsonObject {
  const published: JsonObject = { ...schema }
  if (isSection(schema)) delete published.required
  if (isJsonObject(schema.properties))
    published.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, property]) => [
        key,
        isJsonObject(property) ? publish(property, `${pointer}${toPointer([key])}`, variables) : property,
      ]),
    )
  const names = variables.get(pointer)
  if (names !== undefined) {
    const { description, ...others } = published
    const hint = `Environment: ${names.join(', ')}`
    return { description: typeof description === 'string' ? `${description}\n\n${hint}` : hint, ...others }
  }
  return published
}
