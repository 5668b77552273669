import { StoreContentionError } from '../store-contention-error.ts'
import { StoreUnavailableError } from '../store-unavailable-error.ts'

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const CONTENTION_CODES = new Set(['40001', '40P01', '55P03'])
/** What was looked up and not there has been made meanwhile, or what was there is gone: whoever looks again sees it. */
const OVERTAKEN_CODES = new Set(['23503', '23505'])

// Classes: connection exception, insufficient resources, operator intervention (with statement time-outs), system error.
const PASSING_CLASSES = ['08', '53', '57', '58']
/** A session that was ended for idling in a transaction; a primary that has become a standby. */
const PASSING_CODES = new Set(['25P03', '25006'])
const NETWORK_CODES = /^(ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/
/** The driver gives these no code. */
const DRIVER_MESSAGES =
  /^(Connection terminated|Query read timeout|timeout e(xceeded|xpired)|Client has encountered a connection error|Client was closed|Client is closed|Cannot use a pool after)/i

/** What an error of the driver means for the store. What is no matter of circumstances stays as it is. */
export function mapPostgresError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = codeOf(error)
  if (CONTENTION_CODES.has(code) || OVERTAKEN_CODES.has(code))
    return new StoreContentionError({ message: error.message, cause: error })
  if (!passes(code, error.message)) return error
  return new StoreUnavailableError({
    message: `the database does not answer: ${error.message || code}`,
    cause: error,
  })
}

function passes(code: string, message: string): boolean {
  if (NETWORK_CODES.test(code) || PASSING_CODES.has(code)) return true
  if (/^[0-9A-Z]{5}$/.test(code) && PASSING_CLASSES.includes(code.slice(0, 2))) return true
  return DRIVER_MESSAGES.test(message)
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
