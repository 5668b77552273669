import { ApiError, ConnectionError } from '@landlord/api-contract'

/** Long enough for a server to be restarted. */
export const TOLERATED_OUTAGE_MS = 60_000

/** The server is away or not itself: worth another try. */
export function isOutage(error: unknown): error is Error {
  return ConnectionError.isInstance(error) || (ApiError.isInstance(error) && error.status >= 500)
}
