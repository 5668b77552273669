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
  const { message, issues } = withoutRepetition(report)
  return [
    `${colors.red('error:')} ${safeText(message)}`,
    ...issues.map((issue) => `  ${colors.yellow(issue.pointer.padEnd(width))}  ${safeText(issue.message)}`),
    ...report.wayOut.map((way) => `  ${colors.dim('→')} ${way}`),
    ...(report.code === 'internal' && report.requestId !== undefined ? [`  request id: ${report.requestId}`] : []),
    ...(report.stack === undefined ? [] : [colors.dim(report.stack)]),
  ].join('\n')
}

// The server's one sentence holds every issue for clients that show nothing else. Here one issue is left in the sentence,
// and several are left to the list.
function withoutRepetition({ message, issues }: ErrorReport): Pick<ErrorReport, 'message' | 'issues'> {
  if (!issues.every((issue) => message.includes(issue.message))) return { message, issues }
  if (issues.length < 2) return { message, issues: [] }
  const start = message.search(/: \//)
  return { message: start === -1 ? message : message.slice(0, start), issues }
}
