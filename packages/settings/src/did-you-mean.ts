import { distance } from 'fastest-levenshtein'

/** `; did you mean "…"?` with the candidate that a misspelt name most likely means; empty when none is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  // A third of the letters may be wrong: "prot" (two edits) means "port", while "foo" means nothing.
  let nearest = Math.ceil(normalise(name).length / 3) + 1
  let suggestion: string | undefined
  for (const candidate of candidates) {
    const away = distance(normalise(name), normalise(candidate))
    if (away < nearest) {
      nearest = away
      suggestion = candidate
    }
  }
  return suggestion === undefined ? '' : `; did you mean "${suggestion}"?`
}

// maxSize, max-size and max_size are one name.
function normalise(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase()
}
