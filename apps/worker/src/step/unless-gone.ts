import { ApiError } from '@landlord/api-contract'

/** What the server answers; undefined when it does not know of such a thing any more. */
export async function unlessGone<Body>(asked: Promise<{ readonly body: Body }>): Promise<Body | undefined> {
  try {
    return (await asked).body
  } catch (error) {
    if (ApiError.isInstance(error) && error.status === 404) return undefined
    throw error
  }
}
