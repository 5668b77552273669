/** Appends one reference token to a JSON pointer, escaped as RFC 6901 asks. */
export function appendPointer(pointer: string, token: string | number): string {
  return `${pointer}/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The reference tokens of a JSON pointer; none for the root. */
export function parsePointer(pointer: string): string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/'))
    throw new TypeError(`not a JSON pointer: ${JSON.stringify(pointer)} (expected "" or "/…")`)
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}
