import { Type } from 'typebox'

/** DNS label: what every target accepts as part of a name. */
export const TENANT_NAME_PATTERN = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'

export const TenantName = Type.String({
  pattern: TENANT_NAME_PATTERN,
  description:
    'Lower-case letters, digits and dashes, 1 to 63 characters, beginning and ending with a letter or digit.',
})

export const TenantId = Type.String({ format: 'uuid', description: 'UUID version 7, given by the server.' })

export const TenantReference = Type.String({
  minLength: 1,
  maxLength: 63,
  description: 'Id or name of the tenant.',
})

/** Kubernetes' rule for keys: an optional DNS prefix, a slash, and a name of at most 63 characters. */
export const LABEL_KEY_PATTERN =
  '^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$'
const LABEL_VALUE_PATTERN = '^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$'

export const LabelKey = Type.String({ pattern: LABEL_KEY_PATTERN })
export const LabelValue = Type.String({ pattern: LABEL_VALUE_PATTERN })
export const AnnotationValue = Type.String({ maxLength: 16_384 })

export const Labels = Type.Record(LabelKey, LabelValue, {
  additionalProperties: false,
  maxProperties: 64,
  description:
    "For selecting. Kubernetes' rules for keys and values; at most 64. Keys that start with `landlord.` are reserved.",
})

export const Annotations = Type.Record(LabelKey, AnnotationValue, {
  additionalProperties: false,
  maxProperties: 64,
  description: 'For people and tools. Keys as for labels, values of at most 16 KiB; at most 64.',
})

export const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601 in UTC.' })

export const JsonObject = Type.Record(Type.String(), Type.Unknown())
