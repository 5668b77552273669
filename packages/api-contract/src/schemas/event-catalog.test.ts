import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { EVENT_TYPES } from './event.ts'
import { EVENT_CATALOG } from './event-catalog.ts'
import type { EventDescription } from './events/describe-event.ts'

const entries = Object.entries<EventDescription>(EVENT_CATALOG)

describe('EVENT_CATALOG', () => {
  it('has every type of event, and no other', () => {
    expect(Object.keys(EVENT_CATALOG).sort()).toEqual([...EVENT_TYPES].sort())
  })

  it.each(entries)('has an example of %s that is one, and leaves no field out', (_, { data, example }) => {
    expect(Value.Errors(data, example)).toEqual([])
    expect(Object.keys(data.properties)).toEqual(expect.arrayContaining(Object.keys(example)))
  })
})

it('docs/event-types.md is made from it; `pnpm vitest run packages/api-contract -u` writes it', async () => {
  await expect(document()).toMatchFileSnapshot('../../../../docs/event-types.md')
})

function document(): string {
  const sections = entries.map(([type, { meaning, data, example }]) => {
    const required: readonly string[] = data.required ?? []
    const fields = Object.entries(data.properties).map(([name, schema]) => {
      const isOptional = !required.includes(name)
      const { description = '' } = schema as { readonly description?: string }
      return `| \`${name}\` | ${kindOf(schema)}${isOptional ? ', optional' : ''} | ${description} |`
    })
    const table = ['| Field of `data` | | |', '|---|---|---|', ...fields].join('\n')
    const code = ['```json', JSON.stringify(example, null, 2), '```'].join('\n')
    return [`## \`${type}\``, meaning, table, code].join('\n\n')
  })
  return `${[HEADER, ...sections].join('\n\n')}\n`
}

const HEADER = `# Types of events

What each type of event says in \`data\`. The fields beside it, and how to get at events, are in [events.md](events.md).
Made from \`packages/api-contract/src/schemas/event-catalog.ts\`. Fields may be added; those that are there stay.`

interface Kind {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly items?: object
}

function kindOf(schema: object): string {
  const { type, enum: values, items } = schema as Kind
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ')
  if (type === 'array' && items !== undefined) return `list of ${kindOf(items)}`
  return type ?? 'anything'
}
