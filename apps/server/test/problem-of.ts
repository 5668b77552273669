import { ApiError, type Problem } from '@landlord/api-contract'

/** The problem that a call is answered with. Throws when it succeeds. */
export async function problemOf(call: Promise<unknown>): Promise<Problem> {
  try {
    await call
  } catch (error) {
    if (ApiError.isInstance(error)) return error.problem
    throw error
  }
  throw new Error('expected a problem, but the call succeeded')
}
