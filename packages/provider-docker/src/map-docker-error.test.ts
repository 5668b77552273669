import { ConflictError } from '@landlord/compute-core'
import { describe, expect, it } from 'vitest'
import { mapDockerError } from './map-docker-error.ts'

/** As dockerode rejects. */
function vendorError(statusCode: number | undefined, message: string, code?: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message} `), {
    ...(statusCode === undefined ? { message } : { statusCode, json: { message } }),
    ...(code === undefined ? {} : { code }),
  })
}

describe('mapDockerError', () => {
  it.each([
    [404, 'No such image: x:latest', 'provision_failed', 'image_not_found'],
    [500, 'manifest for x:1 not found: manifest unknown', 'provision_failed', 'image_not_found'],
    [500, 'Get "https://r/v2/": no basic auth credentials', 'access_denied', 'pull_denied'],
    [404, 'pull access denied for x, repository does not exist', 'access_denied', 'pull_denied'],
    [500, 'toomanyrequests: You have reached your pull rate limit', 'throttled', 'registry_throttled'],
    [500, 'Bind for 0.0.0.0:80 failed: port is already allocated', 'provision_failed', 'port_taken'],
    [500, 'listen tcp4 0.0.0.0:80: bind: address already in use', 'provision_failed', 'port_taken'],
    [409, 'Conflict. The container name "/x" is already in use by container "1"', 'conflict', 'name_taken'],
    [500, 'write /var/lib/docker/x: no space left on device', 'quota_exceeded', 'disk_full'],
    [404, 'could not find an available, non-overlapping IPv4 address pool', 'quota_exceeded', 'addresses_exhausted'],
    [500, 'OCI runtime create failed: exec: "/x": permission denied: unknown', 'provision_failed', 'command_failed'],
    [
      500,
      'OCI runtime create failed: error mounting "/x": permission denied: unknown',
      'provision_failed',
      'start_failed',
    ],
    [500, 'denied: requested access to the resource is denied', 'access_denied', 'pull_denied'],
    [500, 'error from registry: denied: not yours', 'access_denied', 'pull_denied'],
    [404, 'failed to set up container networking: network abc not found', 'unavailable', 'network_changed'],
    [400, 'client version 1.51 is too new. Maximum supported API version is 1.47', 'unavailable', 'version_changed'],
    [400, 'client version 1.41 is too old. Minimum supported API version is 1.44', 'unavailable', 'version_changed'],
    [404, 'network abc not found', 'unavailable', 'network_changed'],
    [
      400,
      'OCI runtime create failed: exec: "x": executable file not found in $PATH',
      'provision_failed',
      'command_failed',
    ],
    [400, 'Range of CPUs is from 0.01 to 2.00', 'provision_failed', 'invalid_parameter'],
    [400, 'invalid reference format', 'invalid_spec', undefined],
    [500, 'dial tcp: lookup registry: no such host', 'unavailable', 'registry_unavailable'],
    [500, 'something new', 'unavailable', 'engine_error'],
    [503, 'starting', 'unavailable', 'engine_error'],
  ])('%s %s', (status, text, code, reason) => {
    const error = mapDockerError(vendorError(status, text), { action: 'do it' })
    expect({ code: error.code, reason: error.details.reason }).toEqual({ code, reason })
    expect(error.message).toContain('do it failed')
    expect(error.cause).toBeDefined()
  })

  it.each([
    ['ECONNREFUSED', 'unavailable', 'engine_down'],
    ['ENOENT', 'unavailable', 'engine_down'],
    ['EACCES', 'access_denied', 'socket_denied'],
  ])('%s on the socket', (code, expected, reason) => {
    const error = mapDockerError(vendorError(undefined, `connect ${code}`, code), { action: 'connect' })
    expect(error).toMatchObject({ code: expected, details: { reason } })
  })

  it('lets errors of the contract through', () => {
    const error = new ConflictError({ message: 'x' })
    expect(mapDockerError(error, { action: 'y' })).toBe(error)
  })
})
