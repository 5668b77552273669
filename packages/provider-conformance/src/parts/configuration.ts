import { appendPointer, InvalidConfigError, isJsonObject, type JsonValue } from '@landlord/compute-core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { effectiveConfig } from '../bench.ts'
import { detectIo } from '../detect-io.ts'
import { expectThrow } from '../expect-compute-error.ts'
import type { PartGroup } from '../part.ts'

const UNKNOWN_KEY = 'key_that_no_provider_knows'

export const configurationParts: PartGroup = {
  title: 'configuration',
  parts: [
    {
      name: 'configSchema is a valid JSON Schema of draft 2020-12',
      async run({ provider, expect }) {
        const ajv = new Ajv2020({ strict: false, validateFormats: false })
        const { configSchema } = await provider()
        const valid = ajv.validateSchema(configSchema)
        expect({ valid, errors: ajv.errors ?? [] }).toEqual({ valid: true, errors: [] })
        ajv.compile(configSchema)
      },
    },
    {
      name: 'configSchema refuses unknown keys, at every level',
      async run({ provider, expect }) {
        expect({ openObjects: openObjects((await provider()).configSchema, '') }).toEqual({ openObjects: [] })
      },
    },
    {
      name: 'valid configurations are accepted',
      async run({ provider, harness }) {
        const one = await provider()
        one.validateConfig(effectiveConfig(one, harness.config))
        one.validateConfig(effectiveConfig(one, harness.changedConfig))
      },
    },
    {
      name: 'an unknown key is an InvalidConfigError that points at it',
      async run({ provider, harness, expect }) {
        const one = await provider()
        const config = { ...effectiveConfig(one, harness.config), [UNKNOWN_KEY]: 1 }
        const error = expectThrow('an unknown key', ['invalid_config'], () => one.validateConfig(config))
        const paths = InvalidConfigError.isInstance(error) ? error.issues.map(({ path }) => path) : []
        expect(paths).toEqual([`/${UNKNOWN_KEY}`])
      },
    },
    {
      name: 'every issue is reported at once',
      async run({ provider, harness, expect }) {
        const one = await provider()
        const config = { ...effectiveConfig(one, harness.config), [UNKNOWN_KEY]: 1, [`${UNKNOWN_KEY}_either`]: 2 }
        const error = expectThrow('two unknown keys', ['invalid_config'], () => one.validateConfig(config))
        expect({ issues: InvalidConfigError.isInstance(error) ? error.issues.length : 0 }).toEqual({ issues: 2 })
      },
    },
    {
      name: 'what is not an object, and every configuration that the harness calls invalid, is refused',
      async run({ provider, harness }) {
        const one = await provider()
        const invalid = (harness.invalidConfigs ?? []).map((config) => effectiveConfig(one, config))
        for (const config of [null, [], 'text', 7, true, undefined, ...invalid]) {
          expectThrow(`the configuration ${JSON.stringify(config)}`, ['invalid_config'], () =>
            one.validateConfig(config),
          )
        }
      },
    },
    {
      name: 'validateConfig does no I/O',
      async run({ provider, harness, expect }) {
        const one = await provider()
        const valid = effectiveConfig(one, harness.config)
        for (const config of [valid, { ...valid, [UNKNOWN_KEY]: 1 }]) {
          const io = await detectIo(() => {
            try {
              one.validateConfig(config)
            } catch {
              // Whether it is refused is another part's question.
            }
          })
          expect({ io }).toEqual({ io: [] })
        }
      },
    },
  ],
}

/** Pointers to the schemas that describe properties and let others pass. */
function openObjects(schema: JsonValue, pointer: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((item, index) => openObjects(item, appendPointer(pointer, index)))
  if (!isJsonObject(schema)) return []
  const closed = isClosed(schema.additionalProperties) || isClosed(schema.unevaluatedProperties)
  // Branches of a combination add properties to an object that is closed where they meet.
  const branch = /\/(allOf|anyOf|oneOf)\/\d+$|\/(if|then|else|not)$|\/dependentSchemas\/[^/]+$/.test(pointer)
  const open = isJsonObject(schema.properties) && !closed && !branch ? [pointer === '' ? '(root)' : pointer] : []
  const root = pointer === '' && !isJsonObject(schema.properties) && !closed ? ['(root)'] : []
  return [...open, ...root, ...below(schema, pointer)]
}

function below(schema: Record<string, JsonValue>, pointer: string): string[] {
  return Object.entries(schema).flatMap(([key, value]) => {
    // Data, not schemas.
    if (['default', 'const', 'enum', 'examples', 'required', 'type'].includes(key)) return []
    const at = appendPointer(pointer, key)
    if (!['properties', '$defs', 'patternProperties', 'dependentSchemas'].includes(key)) return openObjects(value, at)
    return isJsonObject(value)
      ? Object.entries(value).flatMap(([name, property]) => openObjects(property, appendPointer(at, name)))
      : []
  })
}

function isClosed(keyword: JsonValue | undefined): boolean {
  return keyword === false || isJsonObject(keyword)
}
