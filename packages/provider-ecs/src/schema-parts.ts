import type { JsonObject, JsonSchema } from '@landlord/compute-core'

export const text = (description: string, rules: JsonObject = {}): JsonSchema => ({
  type: 'string',
  ...rules,
  description,
})

/** A switch whose description ends with its default. */
export const onOff = (description: string, fallback: boolean): JsonSchema => ({
  type: 'boolean',
  default: fallback,
  description: `${description}. Default ${fallback}.`,
})

export const list = (description: string, items: JsonSchema, rules: JsonObject = {}): JsonSchema => ({
  type: 'array',
  items,
  ...rules,
  description,
})

/** Unknown keys are refused. */
export const object = (
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required: [...required] }),
  description,
  properties: properties as JsonSchema,
})
