import type { ErrorReport } from '../describe-error.ts'
import { exitCodeOf } from '../exit-codes.ts'
import type { Colors } from '../terminal.ts'
import { safeText } from './safe-text.ts'

/** JSON with `-o json`, else text: what is wrong, every issue, the way out. */
export function renderError(report: ErrorReport, format: string, colors: Colors): string {
  return format === 'json' ? asJson(report) : asText(report, colors)
}

function asJson({ reason, message, issues, wayOut, code, requestId }: ErrorReport): string {
  return JSON.stringify({
    error: {
      reason,
      exit_code: exitCodeOf(reason),
      message,
      ...(code === undefined ? {} : { code }),
      ...(issues.length === 0 ? {} : { errors: issues }),
      ...(wayOut.length === 0 ? {} : { way_out: wayOut }),
      ...(requestId === undefined ? {} : { request_id: requestId }),
    },
  })
}

function asText(report: ErrorReport, colors: Colors): string {
  const width = Math.max(0, ...report.issues.map((issue) => issue.pointer.length))
  // The server's summary often repeats its only issue.
  const issues = report.issues.filter(
    ({ message }) => !(report.issues.length === 1 && report.message.includes(message)),
  )
  return [
    `${colors.red('error:')} ${safeText(report.message)}`,
    ...issues.map(({ pointer, message }) => `  ${colors.yellow(pointer.padEnd(width))}  ${safeText(message)}`),
    ...report.wayOut.map((way) => `  ${colors.dim('→')} ${way}`),
    ...(report.code === 'internal' && report.requestId !== undefined ? [`  request id: ${report.requestId}`] : []),
    ...(report.stack === undefined ? [] : [colors.dim(report.stack)]),
  ].join('\n')
}
