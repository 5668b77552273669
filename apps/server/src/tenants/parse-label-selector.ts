/** One condition of a label selector. `absent` keys fit `not_in` too, as Kubernetes has it. */
export type LabelCondition =
  | { readonly kind: 'in' | 'not_in'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'exists' | 'absent'; readonly key: string }

/** The selector does not follow the grammar. */
export class LabelSelectorError extends Error {
  /** Where, counted from 0. */
  readonly position: number

  constructor(options: { selector: string; position: number; expected: string }) {
    const { selector, position, expected } = options
    const found = position >= selector.length ? 'the end' : JSON.stringify(selector.slice(position, position + 12))
    super(`expected ${expected} at position ${position}, found ${found}`)
    this.name = 'LabelSelectorError'
    this.position = position
  }
}

const NAME = /[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?/y
const KEY = /(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?/y
const OPERATOR = /==|!=|=/y
const WORD = /(?:in|notin)(?=[\s(])/y
const SPACE = /\s*/y

/** Each becomes a subquery, and a database takes only so many. */
const MAX_CONDITIONS = 50

/**
 * Reads Kubernetes' selector grammar: `tier=pro`, `tier==pro`, `tier!=pro`, `region in (eu,us)`, `region notin (eu)`,
 * `trial`, `!trial`, joined by commas that mean "and". Nothing but space selects everything; at most 50 conditions. Throws `LabelSelectorError`.
 */
export function parseLabelSelector(selector: string): LabelCondition[] {
  const reader = createReader(selector)
  reader.take(SPACE)
  if (reader.atEnd()) return []
  const conditions = [readCondition(reader)]
  while (!reader.atEnd()) {
    if (conditions.length === MAX_CONDITIONS) reader.fail(`at most ${MAX_CONDITIONS} conditions`)
    reader.expect(/,/y, '"," or the end')
    conditions.push(readCondition(reader))
  }
  return conditions
}

function readCondition(reader: Reader): LabelCondition {
  if (reader.take(/!/y) !== undefined) return { kind: 'absent', key: reader.expect(KEY, 'a label key') }
  const key = reader.expect(KEY, 'a label key or "!"')
  const operator = reader.take(OPERATOR)
  if (operator !== undefined) {
    // `key=` asks for the empty value.
    const value = reader.take(NAME) ?? ''
    return { kind: operator === '!=' ? 'not_in' : 'in', key, values: [value] }
  }
  const word = reader.take(WORD)
  if (word === undefined) {
    if (!reader.atEnd() && !reader.sees(/,/y)) reader.fail('"=", "==", "!=", "in", "notin", "," or the end')
    return { kind: 'exists', key }
  }
  return { kind: word === 'in' ? 'in' : 'not_in', key, values: readValues(reader) }
}

function readValues(reader: Reader): string[] {
  reader.expect(/\(/y, '"("')
  const values = [reader.take(NAME) ?? '']
  while (reader.take(/,/y) !== undefined) values.push(reader.take(NAME) ?? '')
  reader.expect(/\)/y, '"," or ")"')
  return values
}

interface Reader {
  atEnd(): boolean
  sees(token: RegExp): boolean
  /** The token and the space behind it; undefined when something else comes. */
  take(token: RegExp): string | undefined
  expect(token: RegExp, expected: string): string
  fail(expected: string): never
}

function createReader(selector: string): Reader {
  let position = 0
  const match = (token: RegExp): string | undefined => {
    token.lastIndex = position
    return token.exec(selector)?.[0]
  }
  const fail = (expected: string): never => {
    throw new LabelSelectorError({ selector, position, expected })
  }
  const take = (token: RegExp): string | undefined => {
    const found = match(token)
    if (found === undefined) return undefined
    position += found.length
    if (token !== SPACE) position += match(SPACE)?.length ?? 0
    return found
  }
  return {
    atEnd: () => position >= selector.length,
    sees: (token) => match(token) !== undefined,
    take,
    expect: (token, expected) => take(token) ?? fail(expected),
    fail,
  }
}
