import { Type } from 'typebox'

/** Has a default of its own, so that a file need only name what differs. */
export const section = <Properties extends Type.TProperties>(properties: Properties, description: string) =>
  Type.Object(properties, { default: {}, additionalProperties: false, description })
