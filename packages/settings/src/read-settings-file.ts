import { readFileSync } from 'node:fs'
import type { SettingsFileChoice } from './find-settings-file.ts'
import type { JsonSchema } from './json.ts'
import { parseSettingsYaml } from './parse-settings-yaml.ts'
import { formatFile, type SettingSource } from './setting-source.ts'
import { createIssue, type SettingsIssue } from './settings-issue.ts'
import { type Assignment, toAssignments } from './settings-layer.ts'

export interface SettingsFile {
  readonly path?: string
  readonly assignments: readonly Assignment[]
  readonly issues: readonly SettingsIssue[]
}

/** Reads the chosen file. What is wrong with it becomes issues. */
export function readSettingsFile(choice: SettingsFileChoice, schema: JsonSchema, cwd: string): SettingsFile {
  for (const path of choice.kind === 'explicit' ? [choice.path] : choice.paths) {
    const read = readText(path)
    if (read.kind === 'text') return parse(path, read.text, schema, cwd)
    if (read.kind === 'missing' && choice.kind === 'search') continue
    return { path, assignments: [], issues: [unreadable(path, read, choice, cwd)] }
  }
  return { assignments: [], issues: [] }
}

type ReadText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string }

function readText(path: string): ReadText {
  try {
    return { kind: 'text', text: readFileSync(path, 'utf8') }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' }
    if (code === 'EISDIR') return { kind: 'unreadable', reason: 'is a directory; expected a YAML file' }
    if (code === 'EACCES' || code === 'EPERM')
      return { kind: 'unreadable', reason: `cannot be read by this user (${code}); change its owner or mode` }
    return { kind: 'unreadable', reason: `cannot be read (${message})` }
  }
}

function unreadable(path: string, read: Exclude<ReadText, { kind: 'text' }>, choice: SettingsFileChoice, cwd: string) {
  const reason = read.kind === 'missing' ? 'does not exist' : read.reason
  const asked = choice.kind === 'explicit' ? ` (asked for by ${choice.askedBy})` : ''
  return createIssue({ code: 'invalid_file', text: `settings file ${formatFile(path, cwd)} ${reason}${asked}`, cwd })
}

function parse(path: string, text: string, schema: JsonSchema, cwd: string): SettingsFile {
  const parsed = parseSettingsYaml(text)
  if (parsed.kind === 'broken') {
    const issues = parsed.problems.map(({ line, column, text }) =>
      createIssue({ code: 'invalid_file', source: { kind: 'file', path, line, column }, text, cwd }),
    )
    return { path, assignments: [], issues }
  }
  const sourceAt: Assignment['sourceAt'] = (key): SettingSource => ({ kind: 'file', path, ...parsed.locate(key) })
  return { path, assignments: toAssignments(schema, [], parsed.value, sourceAt), issues: [] }
}
