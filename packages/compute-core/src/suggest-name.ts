import { distance } from 'fastest-levenshtein'

/** The candidate that a misspelt `name` most likely means; undefined when none is near. */
export function suggestName(name: string, candidates: Iterable<string>): string | undefined {
  // A third of the letters may be wrong: "imge" means "image", while "foo" means nothing.
  let nearest = Math.max(1, Math.floor(name.length / 3)) + 1
  let suggestion: string | undefined
  for (const candidate of candidates) {
    const away = distance(normalise(name), normalise(candidate))
    if (away < nearest) {
      nearest = away
      suggestion = candidate
    }
  }
  return suggestion
}

// camelCase, kebab-case and snake_case of one name are the same name.
function normalise(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase()
}
