/** The engine's filter for resources that carry all of these labels. */
export function markFilters(marks: Readonly<Record<string, string>>): { label: string[] } {
  return { label: Object.entries(marks).map(([key, value]) => `${key}=${value}`) }
}
