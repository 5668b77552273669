import { type Static, type TProperties, Type } from 'typebox'
import { Change, OperationKind } from '../operation.ts'

/** What one type of event says. */
export interface EventDescription {
  /** When it comes, for people. */
  readonly meaning: string
  /** Schema of `data`. */
  readonly data: ReturnType<typeof Type.Object>
  /** What `data` may look like. */
  readonly example: object
}

export function describeEvent<Properties extends TProperties>(
  meaning: string,
  properties: Properties,
  example: Static<ReturnType<typeof Type.Object<Properties>>>,
) {
  return { meaning, data: Type.Object(properties), example: example as object }
}

/** What an operation came to. */
export const outcome = {
  kind: Type.Optional(OperationKind),
  changes: Type.Optional(Type.Array(Change, { description: 'What differed from the live state.' })),
}

export const operation = { kind: OperationKind }

export const desiredChanges = Type.Array(
  Type.Object({
    path: Type.String({ description: 'JSON pointer.' }),
    from: Type.Optional(Type.Unknown()),
    to: Type.Optional(Type.Unknown()),
  }),
  { description: 'By path what it was (`from`) and is (`to`); without values where those are sensitive.' },
)
