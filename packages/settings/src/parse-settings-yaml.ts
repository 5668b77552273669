import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from 'yaml'
import type { JsonObject } from './json.ts'
import type { KeyPath } from './key-path.ts'

/** A place in a file, from 1. */
interface Place {
  readonly line: number
  readonly column: number
}

export type ParsedYaml =
  | { readonly kind: 'parsed'; readonly value: JsonObject; readonly locate: (path: KeyPath) => Place }
  | { readonly kind: 'broken'; readonly problems: readonly (Place & { readonly text: string })[] }

/** Parses a settings file: one YAML 1.2 document (JSON is YAML) with a mapping at its top, or nothing. */
export function parseSettingsYaml(text: string): ParsedYaml {
  const lineCounter = new LineCounter()
  // Pretty errors would quote the lines around the error, and a secret with them.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' })
  const place = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  // A warning is a tag that nobody knows; the value would silently be another one than was meant.
  const found = [...document.errors, ...document.warnings]
  if (found.length > 0)
    return { kind: 'broken', problems: found.map((error) => ({ ...place(error.pos[0]), text: explain(error, text) })) }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return { kind: 'parsed', value: {}, locate: () => ({ line: 1, column: 1 }) }
  if (!isMap(document.contents))
    return { kind: 'broken', problems: [{ ...place(document.contents.range[0]), text: 'must hold keys and values' }] }
  return toParsed(document, (path) => place(offsetOf(document, path)))
}

function toParsed(document: Document.Parsed, locate: (path: KeyPath) => Place): ParsedYaml {
  try {
    const { $schema: _forEditors, ...value } = document.toJS() as JsonObject
    return { kind: 'parsed', value, locate }
  } catch {
    // The only thing left to fail is the library's guard against aliases that multiply.
    return { kind: 'broken', problems: [{ ...locate([]), text: 'holds too many aliases; write the values out' }] }
  }
}

// Only the texts of these two quote the file beyond a colon.
const TEXTS: Partial<Record<YAMLError['code'], string>> = {
  UNEXPECTED_TOKEN: 'unexpected text; put quotes around a value that holds a colon, "#", quotes or brackets',
  BAD_DQ_ESCAPE: 'unknown escape after a backslash; use single quotes for text with backslashes',
}

function explain(error: YAMLError, text: string): string {
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^["']?([\w.@/-]+)/.exec(text.slice(error.pos[0]))?.[1]
    return `${key === undefined ? 'a key' : `key "${key}"`} is given twice; keep one`
  }
  return `not valid YAML: ${TEXTS[error.code] ?? error.message.replace(/(?<=\S): .*$/s, '')}`
}

// The key says where to look; an item of a list has none and stands for itself.
function offsetOf(document: Document.Parsed, path: KeyPath): number {
  let node: unknown = document.contents
  let offset = document.contents?.range[0] ?? 0
  for (const token of path) {
    const at = isAlias(node) ? node.resolve(document) : node
    if (isMap(at)) {
      const pair = at.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === token)
      if (pair === undefined) return offset
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(at)) {
      node = at.items[Number(token)]
      if (isNode(node)) offset = node.range?.[0] ?? offset
    } else return offset
  }
  return offset
}
