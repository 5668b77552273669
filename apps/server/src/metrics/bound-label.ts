/** More than all providers of this repository have codes for. */
const MOST_VALUES = 100

/** The value, or `other` once there are too many different ones: a provider of somebody else's may make codes up as it goes. */
export function boundLabel(): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= MOST_VALUES) return 'other'
    known.add(value)
    return value
  }
}
