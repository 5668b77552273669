import { type Static, Type } from 'typebox'

export const Health = Type.Object({ status: Type.Literal('ok'), version: Type.String() }, { $id: 'Health' })
export type Health = Static<typeof Health>

export const Readiness = Type.Object(
  {
    status: Type.Enum(['ok', 'unavailable']),
    checks: Type.Record(
      Type.String(),
      Type.Object({ status: Type.Enum(['ok', 'unavailable']), message: Type.Optional(Type.String()) }),
      { description: 'Each dependency by name: `database`, `workflow`, `worker`; `drift` while nothing is healed.' },
    ),
  },
  { $id: 'Readiness' },
)
export type Readiness = Static<typeof Readiness>
