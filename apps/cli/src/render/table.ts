import Table from 'cli-table3'
import type { Colors } from '../terminal.ts'
import { oneLine, safeText } from './safe-text.ts'

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '   ',
}

/** Columns under upper-case headings, as terminals' users know it from other tools. No trailing blanks. */
export function renderTable(headings: readonly string[], rows: readonly (readonly string[])[], colors: Colors): string {
  const table = new Table({ chars: NO_BORDERS, style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] } })
  table.push(headings.map((heading) => colors.dim(heading)))
  // A control character in what somebody else wrote must not reach the terminal, nor break the row.
  for (const row of rows) table.push(row.map(oneLine))
  return withoutTrailingBlanks(table.toString())
}

/** Names before values, aligned. Rows whose value is undefined or empty are left out. */
export function renderFields(fields: readonly (readonly [string, string | undefined])[], colors: Colors): string {
  const shown = fields.filter((field): field is readonly [string, string] => (field[1] ?? '') !== '')
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  const indent = ' '.repeat(width + 2)
  return shown
    .map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${safeText(value).replaceAll('\n', `\n${indent}`)}`)
    .join('\n')
}

function withoutTrailingBlanks(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
