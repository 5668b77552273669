import { invalidParameter } from './ecs-error.ts'

export interface PageRequest {
  readonly nextToken?: string | undefined
  readonly maxResults?: number | undefined
}

export interface Page<Item> {
  readonly items: Item[]
  readonly nextToken?: string
}

/** One page of an ordered list. The token holds the last key given, so that changes between pages lose nothing. */
export function paginate<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { nextToken, maxResults }: PageRequest,
  { defaultSize, maxSize }: { readonly defaultSize: number; readonly maxSize: number },
): Page<Item> {
  const size = maxResults ?? defaultSize
  if (!Number.isInteger(size) || size < 1 || size > maxSize) {
    throw invalidParameter(`maxResults must be between 1 and ${maxSize}.`)
  }
  const after = nextToken === undefined ? undefined : decode(nextToken)
  const sorted = [...items].sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1))
  const rest = after === undefined ? sorted : sorted.filter((item) => keyOf(item) > after)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  if (last === undefined || rest.length <= size) return { items: page }
  return { items: page, nextToken: Buffer.from(`after:${keyOf(last)}`).toString('base64url') }
}

function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString()
  if (!text.startsWith('after:')) throw invalidParameter('Invalid token.')
  return text.slice('after:'.length)
}
