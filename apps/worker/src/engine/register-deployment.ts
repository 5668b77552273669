import { connect } from 'node:net'
import { ORPHAN_SCAN_OBJECT, TENANT_OBJECT } from '@landlord/api-contract'
import pLimit from 'p-limit'
import type { EngineConnection } from './engine-connection.ts'

/** The workflow engine refused something. */
class EngineError extends Error {
  readonly status: number

  constructor({ what, status, body }: { what: string; status: number; body: string }) {
    super(`the workflow engine answered ${status} to ${what}: ${body.slice(0, 500)}`)
    this.name = 'EngineError'
    this.status = status
  }
}

interface Deployment {
  readonly id: string
  readonly uri?: string
}

const PROBE_MS = 1000
const ADMIN_CALL_MS = 10_000
const RESUMES_AT_ONCE = 16

/**
 * Makes `uri` the endpoint of the tenants' handlers and returns the deployment's id. A predecessor on this machine that is dead
 * is taken over with all that is pinned to it: its work would otherwise wait for a port that nobody listens on any more, and keep
 * its tenants locked. Rejects with `EngineError`, or when the engine cannot be reached.
 */
export async function registerDeployment(admin: EngineConnection, uri: string): Promise<string> {
  const { deployments } = (await call(admin, 'GET', '/deployments')) as { deployments: readonly Deployment[] }
  const known = deployments.find((deployment) => sameUri(deployment, uri))
  if (known !== undefined) return known.id
  const predecessor = await findDeadPredecessor(admin, deployments)
  if (predecessor === undefined) {
    return ((await call(admin, 'POST', '/deployments', { uri })) as Deployment).id
  }
  await call(admin, 'PATCH', `/deployments/${predecessor.id}`, { uri, overwrite: true })
  return predecessor.id
}

/** Has everything that waits for its next attempt, or was paused after too many, tried now. Returns how many. */
export async function resumeWaiting(admin: EngineConnection): Promise<number> {
  const query = `select id from sys_invocation where target_service_name in ('${TENANT_OBJECT}', '${ORPHAN_SCAN_OBJECT}') and status in ('backing-off', 'paused') limit 10000`
  const { rows } = (await call(admin, 'POST', '/query', { query })) as { rows: readonly { id: string }[] }
  await pLimit(RESUMES_AT_ONCE).map(rows, ({ id }) => resume(admin, id))
  return rows.length
}

async function resume(admin: EngineConnection, invocationId: string): Promise<void> {
  try {
    await call(admin, 'PATCH', `/invocations/${invocationId}/resume`)
  } catch (error) {
    // It went on by itself in the meantime.
    if (!(error instanceof EngineError)) throw error
  }
}

export async function isRegistered(admin: EngineConnection, deploymentId: string): Promise<boolean> {
  const response = await admin.fetch(`/deployments/${deploymentId}`, { signal: AbortSignal.timeout(ADMIN_CALL_MS) })
  await response.text()
  return response.ok
}

async function findDeadPredecessor(
  admin: EngineConnection,
  deployments: readonly Deployment[],
): Promise<Deployment | undefined> {
  const serving = await servingDeployment(admin)
  const candidate = deployments.find((deployment) => deployment.id === serving)
  if (candidate?.uri === undefined) return undefined
  const { hostname, port } = new URL(candidate.uri)
  // Only of this machine can it be said that nobody will ever answer there again.
  return hostname === '127.0.0.1' && !(await isListening(Number(port))) ? candidate : undefined
}

async function servingDeployment(admin: EngineConnection): Promise<string | undefined> {
  try {
    return ((await call(admin, 'GET', `/services/${TENANT_OBJECT}`)) as { deployment_id: string }).deployment_id
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return undefined
    throw error
  }
}

function sameUri(deployment: Deployment, uri: string): boolean {
  return deployment.uri?.replace(/\/$/, '') === uri
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const answer = (value: boolean) => {
      socket.destroy()
      resolve(value)
    }
    socket.setTimeout(PROBE_MS, () => answer(true))
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}

async function call(admin: EngineConnection, method: string, path: string, body?: object): Promise<unknown> {
  const response = await admin.fetch(path, {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ADMIN_CALL_MS),
  })
  const text = await response.text()
  if (!response.ok) throw new EngineError({ what: `${method} ${path}`, status: response.status, body: text })
  return text === '' ? undefined : JSON.parse(text)
}
