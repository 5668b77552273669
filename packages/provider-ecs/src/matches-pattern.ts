/** Whether the whole text fits one of the patterns, in which `*` stands for any run of characters, also none. */
export function matchesPattern(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
    return new RegExp(`^${parts.join('.*')}$`, 's').test(text)
  })
}
