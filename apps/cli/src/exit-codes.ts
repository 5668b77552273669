/** What a script can tell apart; documented in docs/cli.md and at the end of `landlord --help`. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'done' },
  failure: { code: 1, meaning: 'something else went wrong' },
  changes: { code: 2, meaning: 'a plan or a dry run has found changes' },
  not_found: { code: 3, meaning: 'no such tenant, operation or provider' },
  conflict: { code: 4, meaning: 'the current state does not allow it, or it changed meanwhile' },
  invalid: { code: 5, meaning: 'the configuration, request or settings are not valid' },
  unreachable: { code: 6, meaning: 'the server does not answer' },
  operation_failed: { code: 7, meaning: 'the operation failed while waiting for it' },
  wait_timeout: { code: 8, meaning: 'the time to wait was up; the operation goes on' },
  // As sysexits.h has it: 2 is what a plan with changes ends with everywhere else.
  usage: { code: 64, meaning: 'the command line is not valid' },
  interrupted: { code: 130, meaning: 'interrupted with Ctrl-C' },
} as const

export type ExitReason = keyof typeof EXIT_CODES

export function exitCodeOf(reason: ExitReason): number {
  return EXIT_CODES[reason].code
}

export function exitCodeHelp(): string {
  const lines = Object.values(EXIT_CODES).map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`)
  return `Exit codes:\n${lines.join('\n')}`
}
