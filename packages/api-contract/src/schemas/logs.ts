import { type Static, Type } from 'typebox'
import { Timestamp } from './names.ts'

export const LogLine = Type.Object(
  {
    timestamp: Type.Optional(Timestamp),
    stream: Type.Enum(['stdout', 'stderr']),
    container: Type.String(),
    text: Type.String({ description: 'Without the line break; cut where it is longer than 16 KiB.' }),
  },
  { $id: 'LogLine', description: "One line of a tenant's output." },
)
export type LogLine = Static<typeof LogLine>

export const LogLines = Type.Object(
  {
    lines: Type.Array(LogLine, { description: 'Oldest first.' }),
    truncated: Type.Optional(
      Type.Literal(true, { description: 'There was more than one answer holds; ask again with a later `since`.' }),
    ),
  },
  { $id: 'LogLines' },
)
export type LogLines = Static<typeof LogLines>

export const LogsQuery = Type.Object(
  {
    follow: Type.Optional(Type.Boolean({ description: 'Go on with new lines, as server-sent events.' })),
    tail: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description: 'So many from the end. Default 100; with `since`, all.',
      }),
    ),
    since: Type.Optional(Type.String({ format: 'date-time', description: 'Only what came after this moment.' })),
  },
  { additionalProperties: false },
)
export type LogsQuery = Static<typeof LogsQuery>
