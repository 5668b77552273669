import { SettingsError } from '@landlord/settings'
import { HttpProblem } from './http/http-problem.ts'
import { TlsFilesError } from './http/tls-files.ts'
import { ServerSettingsError } from './server-settings-error.ts'
import { StoreError } from './store/store-error.ts'

/** What is said to the person who started a server in vain, and the exit code. */
export interface StartFailure {
  readonly text: string
  readonly exitCode: number
}

/** Settings that are wrong, as sysexits.h has it; a process manager need not try again. */
const EXIT_CONFIG = 78

/** Wrong settings and a machine in the way are explained in a line each; only what nobody foresaw shows its stack. */
export function startFailure(error: unknown): StartFailure {
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 }
  if (isOfSettings(error)) return { text: error.message, exitCode: EXIT_CONFIG }
  if (error instanceof StoreError || error instanceof HttpProblem) return { text: error.message, exitCode: 1 }
  return { text: ofMachine(error) ?? error.stack ?? error.message, exitCode: 1 }
}

function isOfSettings(error: unknown): boolean {
  if (error instanceof SettingsError || error instanceof ServerSettingsError || error instanceof TlsFilesError)
    return true
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isOfSettings)
  const code = codeOf(error)
  return code === 'invalid_compute_settings' || code.startsWith('ERR_PARSE_ARGS_')
}

function ofMachine(error: NodeJS.ErrnoException & { address?: string; port?: number }): string | undefined {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return undefined
  if (error.syscall !== 'listen') return error.message
  const why = error.code === 'EACCES' ? 'may not be opened by this user' : 'is taken by another process'
  return `${error.address}:${error.port} ${why}; choose another server.port`
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
