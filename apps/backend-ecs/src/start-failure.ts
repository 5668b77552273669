import { SettingsError } from '@landlord/settings'
import { ListenError, UnguardedAddressError } from './http/listen-error.ts'
import { TlsFilesError } from './http/tls-files.ts'
import { StateStoreError } from './store/state-store-error.ts'

/** Settings that are wrong, as sysexits.h has it; a process manager need not try again. */
const EXIT_CONFIG = 78

/** What is said to the person who started in vain, and the exit code. Only what nobody foresaw shows its stack. */
export function startFailure(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 }
  const code = 'code' in error ? String(error.code) : ''
  if (error instanceof AggregateError) {
    return { text: error.errors.map((one) => startFailure(one).text).join('\n'), exitCode: EXIT_CONFIG }
  }
  const isOfSettings =
    SettingsError.isInstance(error) || error instanceof TlsFilesError || error instanceof UnguardedAddressError
  if (isOfSettings || code.startsWith('ERR_PARSE_ARGS_')) return { text: error.message, exitCode: EXIT_CONFIG }
  if (error instanceof ListenError || error instanceof StateStoreError) return { text: error.message, exitCode: 1 }
  return { text: error.stack ?? error.message, exitCode: 1 }
}
