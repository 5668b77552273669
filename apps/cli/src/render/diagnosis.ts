import type { DiagnosisCheck, StuckOperation } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { oneLine } from './safe-text.ts'

/** One line for each check, and under one that is not well what helps; then the work that does not get on. */
export function renderDiagnosis(
  checks: readonly DiagnosisCheck[],
  stuck: readonly StuckOperation[],
  colors: Colors,
): string {
  const marks = { ok: colors.green('ok     '), warning: colors.yellow('warning'), error: colors.red('error  ') }
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap(({ name, status, message, fix }) => [
    `${marks[status]}  ${name.padEnd(width)}  ${oneLine(message)}`,
    ...(fix === undefined ? [] : [helps(fix, colors)]),
  ])
  const work = stuck.flatMap(({ tenant_name: tenant, kind, state, reason, fix }) => [
    `  ${tenant}  ${kind}, ${state}: ${oneLine(reason)}`,
    helps(fix, colors),
  ])
  return [...lines, ...(work.length === 0 ? [] : ['', colors.bold('Work that does not get on'), ...work])].join('\n')
}

function helps(fix: string, colors: Colors): string {
  return `         ${colors.dim('→')} ${oneLine(fix)}`
}
