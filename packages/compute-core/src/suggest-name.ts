import { distance } from 'fastest-levenshtein'

/** The candidate that a misspelt `name` most likely means; undefined when none is near. */
export function suggestName(name: string, candidates: Iterable<string>): string | undefined {
  // A third of the letters may be wrong: "imge" means "image", while "foo" means nothing.
  let nearest = Math.max(1, Math.floor(name.length / 3)) + 1
  let suggestion: string | undefined
  for (const candidate of candidates) {
    const away = mistakes(normalise(name), normalise(candidate))
    if (away < nearest) {
      nearest = away
      suggestion = candidate
    }
  }
  return suggestion
}

// Two neighbours swapped are one mistake, and the most common one.
function mistakes(name: string, candidate: string): number {
  const at = [...name].findIndex((letter, index) => letter !== candidate[index])
  const swapped = name.slice(0, at) + (name[at + 1] ?? '') + (name[at] ?? '') + name.slice(at + 2)
  return at !== -1 && swapped === candidate ? 1 : distance(name, candidate)
}

// camelCase, kebab-case and snake_case of one name are the same name.
function normalise(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase()
}
