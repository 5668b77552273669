import { badRequest } from '../errors/docker-error.ts'

/** What is offered, and the oldest that is understood. */
export const API_VERSION = '1.47'
export const MIN_API_VERSION = '1.24'

const VERSIONED = /^\/v(\d+)\.(\d+)(?=\/|$|\?)/

export interface VersionedPath {
  /** Without the version. */
  readonly url: string
  /** Absent where the path names none: the newest is meant. */
  readonly version?: string
}

/** `/v1.41/containers/json?all=1` as its parts. */
export function splitVersion(url: string): VersionedPath {
  const [prefix, major, minor] = VERSIONED.exec(url) ?? []
  if (prefix === undefined) return { url }
  return { url: url.slice(prefix.length) || '/', version: `${major}.${minor}` }
}

/** Throws in Docker's words for a version outside of what is offered. */
export function checkVersion(version: string): void {
  if (compare(version, API_VERSION) > 0) {
    throw badRequest(`client version ${version} is too new. Maximum supported API version is ${API_VERSION}`)
  }
  if (compare(version, MIN_API_VERSION) < 0) {
    throw badRequest(
      `client version ${version} is too old. Minimum supported API version is ${MIN_API_VERSION}, please upgrade your client to a newer version`,
    )
  }
}

/** Negative when `left` is the older. */
function compare(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number)
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number)
  return leftMajor - rightMajor || leftMinor - rightMinor
}
