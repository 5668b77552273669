import type { Emulator } from '../emulator.ts'
import { createAccessPoint, deleteAccessPoint, describeAccessPoints } from './efs/access-points.ts'
import { badRequest, EfsError } from './efs/efs-error.ts'
import type { EfsRequest } from './efs/efs-input.ts'
import { createFileSystem, deleteFileSystem, describeFileSystems } from './efs/file-systems.ts'
import { listTagsForResource, tagResource, untagResource } from './efs/resource-tags.ts'
import { type RESET, underFault } from './under-fault.ts'

/** The API version that all paths of EFS begin with. */
export const EFS_PATH = '/2015-02-01/'

interface Route {
  readonly name: string
  readonly method: string
  readonly pattern: RegExp
  readonly status: number
  readonly run: (request: EfsRequest) => unknown
}

const route = (name: string, method: string, path: string, status: number, run: Route['run']): Route => ({
  name,
  method,
  pattern: new RegExp(`^${path.replace('{id}', '([^/]+)')}/?$`),
  status,
  run,
})

/** EFS as far as a Docker backend calls it. It speaks REST: methods and paths say what is meant. */
const ROUTES: readonly Route[] = [
  route('CreateFileSystem', 'POST', 'file-systems', 201, createFileSystem),
  route('DescribeFileSystems', 'GET', 'file-systems', 200, describeFileSystems),
  route('DeleteFileSystem', 'DELETE', 'file-systems/{id}', 204, deleteFileSystem),
  route('CreateAccessPoint', 'POST', 'access-points', 200, createAccessPoint),
  route('DescribeAccessPoints', 'GET', 'access-points', 200, describeAccessPoints),
  route('DeleteAccessPoint', 'DELETE', 'access-points/{id}', 204, deleteAccessPoint),
  route('ListTagsForResource', 'GET', 'resource-tags/{id}', 200, listTagsForResource),
  route('TagResource', 'POST', 'resource-tags/{id}', 200, tagResource),
  route('UntagResource', 'DELETE', 'resource-tags/{id}', 200, untagResource),
]

export interface EfsAnswer {
  readonly status: number
  /** Undefined where there is none. */
  readonly body: unknown
  readonly errorType?: string
}

/** Carries out one call; what is not there is refused by method and path. */
export function callEfs(emulator: Emulator, method: string, url: string, text: string): EfsAnswer | typeof RESET {
  const { pathname, searchParams: query } = new URL(url, 'http://efs')
  const path = pathname.slice(EFS_PATH.length)
  try {
    const found = ROUTES.find((each) => each.method === method && each.pattern.test(path))
    if (found === undefined) throw badRequest(`The operation ${method} ${pathname} is not emulated.`)
    emulator.calls.set(found.name, (emulator.calls.get(found.name) ?? 0) + 1)
    const id = decodeURIComponent(found.pattern.exec(path)?.[1] ?? '')
    return underFault(emulator, found.name, {
      refuse: ({ type, message, status = 400 }) => new EfsError(status, type, message),
      run() {
        const body = found.run({ emulator, id, query, body: parse(text) })
        if (method !== 'GET') emulator.changed()
        return { status: found.status, body }
      },
    })
  } catch (error) {
    if (!(error instanceof EfsError)) throw error
    const { status, code, message, details } = error
    return { status, body: { ErrorCode: code, Message: message, ...details }, errorType: code }
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Refused below like any other body that is no object.
  }
  throw badRequest('The body is no JSON object.')
}
