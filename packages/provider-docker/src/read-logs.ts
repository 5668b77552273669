import type { Readable } from 'node:stream'
import { CancelledError, type LogLine, type ReadLogsOptions, type TenantRef } from '@landlord/compute-core'
import { demultiplexLogs } from './demultiplex-logs.ts'
import { mapDockerError } from './map-docker-error.ts'
import { type Container, readTenant } from './read-tenant.ts'
import { tenantNotFound } from './tenant-not-found.ts'
import { type DockerContext, type TenantScope, tenantScope } from './tenant-scope.ts'

export interface ContainerLogOptions {
  readonly follow?: boolean | undefined
  readonly tail?: number | undefined
  readonly since?: string | undefined
}

/**
 * The output of the tenant's newest container: of the replacement while there is one, as that is the one in question. Following
 * ends when the container does.
 */
export async function* readLogs(
  context: DockerContext,
  tenant: TenantRef,
  options: ReadLogsOptions,
): AsyncGenerator<LogLine> {
  const scope = tenantScope(context, tenant.tenantId, options)
  const found = await readTenant(scope)
  if (found.kind === 'absent') throw tenantNotFound(scope)
  yield* containerLogs(scope, found.kind === 'replacing' ? found.next : found.current, options)
}

export async function* containerLogs(
  scope: TenantScope,
  container: Pick<Container, 'Id' | 'Name'>,
  { follow = false, tail, since }: ContainerLogOptions,
): AsyncGenerator<LogLine> {
  const name = container.Name.slice(1)
  const action = `read the logs of container ${name}`
  const stream: Readable = await scope.client.stream({
    action,
    method: 'GET',
    path: `/containers/${container.Id}/logs`,
    query: {
      stdout: true,
      stderr: true,
      timestamps: true,
      follow,
      tail: tail ?? 'all',
      ...(since === undefined ? {} : { since: (Date.parse(since) / 1000).toFixed(3) }),
    },
    signal: scope.signal,
  })
  try {
    for await (const line of demultiplexLogs(stream)) {
      // The engine includes the moment itself.
      if (since === undefined || Date.parse(line.timestamp) > Date.parse(since)) yield { ...line, container: name }
    }
  } catch (error) {
    if (scope.signal.aborted) throw new CancelledError({ message: `cancelled: ${action}`, cause: scope.signal.reason })
    throw mapDockerError(error, { action })
  } finally {
    stream.destroy()
  }
}
