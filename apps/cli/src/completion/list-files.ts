import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'

/** Paths that begin with `typed`, an `@` or `file://` before it kept; directories end in a slash. */
export function listFiles(typed: string, cwd: string): string[] {
  const [, prefix = '', path = ''] = /^(@|file:\/\/)?(.*)$/s.exec(typed) ?? []
  const directory = path.slice(0, path.lastIndexOf('/') + 1)
  try {
    return readdirSync(resolve(cwd, directory), { withFileTypes: true }).map(
      (entry) => `${prefix}${directory}${entry.name}${entry.isDirectory() ? '/' : ''}`,
    )
  } catch {
    // No such directory: nothing to suggest.
    return []
  }
}
