import { UnavailableError } from '@landlord/compute-core'

/** Major and minor. */
export type ApiVersion = readonly [number, number]

const OLDEST_API = [1, 40] as const
/** The newest API whose behaviour is known; a newer engine is asked in this dialect as long as it still speaks it. */
const NEWEST_API = [1, 51] as const

/** The newest version that the engine and this package both know. Throws `UnavailableError` when the engine is too old. */
export function negotiateApiVersion(version: { ApiVersion: string; MinAPIVersion?: string }): ApiVersion {
  const offered = parseVersion(version.ApiVersion)
  const minimum = parseVersion(version.MinAPIVersion ?? '1.0')
  const chosen = compare(offered, NEWEST_API) < 0 ? offered : compare(minimum, NEWEST_API) > 0 ? minimum : NEWEST_API
  if (compare(chosen, OLDEST_API) < 0) {
    throw new UnavailableError({
      message: `the Docker Engine speaks API ${version.ApiVersion}, at least ${OLDEST_API.join('.')} (Engine 19.03) is needed; upgrade the engine`,
      details: { api_version: version.ApiVersion },
    })
  }
  return chosen
}

function parseVersion(text: string): ApiVersion {
  const [major = 0, minor = 0] = text.split('.').map(Number)
  return [major, minor]
}

function compare(left: ApiVersion, right: ApiVersion): number {
  return left[0] - right[0] || left[1] - right[1]
}
