/** The keys from the root of the settings to a value; indexes of lists are written as digits. */
export type KeyPath = readonly string[]

/** The JSON pointer (RFC 6901) of a path. */
export function toPointer(path: KeyPath): string {
  return path.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

export function fromPointer(pointer: string): KeyPath {
  const tokens = pointer.split('/').slice(1)
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The path as people write it: `database.pool.max`, `tokens[0].name`, `compute["a.b"]`. */
export function formatKey(path: KeyPath): string {
  return path.map(formatToken).join('').replace(/^\./, '')
}

function formatToken(token: string): string {
  if (/^\d+$/.test(token)) return `[${token}]`
  return /^[^\s."[\]]+$/.test(token) ? `.${token}` : `[${JSON.stringify(token)}]`
}
