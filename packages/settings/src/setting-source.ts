import { isAbsolute, relative } from 'node:path'

/** Where a value came from. Lines and columns count from 1. */
export type SettingSource =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly line: number; readonly column: number }
  | { readonly kind: 'default' }

/** `--port`, `LANDLORD_PORT`, `landlord.yaml:7:3` (relative when below `cwd`) or `default`. */
export function formatSource(source: SettingSource, cwd: string): string {
  switch (source.kind) {
    case 'file':
      return `${formatFile(source.path, cwd)}:${source.line}:${source.column}`
    case 'default':
      return 'default'
    default:
      return source.name
  }
}

export function formatFile(path: string, cwd: string): string {
  const below = relative(cwd, path)
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below
}
