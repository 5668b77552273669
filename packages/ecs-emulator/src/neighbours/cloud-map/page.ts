import { type JsonInput, refusal } from './read-input.ts'

/** Documented: the most of one answer, and how many without `MaxResults`. */
const LARGEST_PAGE = 100

/** One page of a list; a token is the position that it goes on with. */
export function page<Item>(items: readonly Item[], input: JsonInput): { items: readonly Item[]; NextToken?: string } {
  const size = Number(input.MaxResults ?? LARGEST_PAGE)
  const from = Number(input.NextToken ?? 0)
  if (!(size >= 1 && size <= LARGEST_PAGE) || !Number.isInteger(from)) {
    throw refusal('InvalidInput', `MaxResults must be 1 to ${LARGEST_PAGE}, and NextToken one of an answer.`)
  }
  const isLast = from + size >= items.length
  return { items: items.slice(from, from + size), ...(isLast ? {} : { NextToken: String(from + size) }) }
}
