import { ORPHAN_SCAN_OBJECT, TENANT_OBJECT } from '@landlord/api-contract'
import { callAdmin, EngineError } from './call-admin.ts'
import type { EngineConnection } from './engine-connection.ts'
import type { IsGone } from './probe-worker.ts'

interface Deployment {
  readonly id: string
  readonly uri?: string
  readonly services: readonly { readonly name: string }[]
}

const OUR_OBJECTS: readonly string[] = [TENANT_OBJECT, ORPHAN_SCAN_OBJECT]

/** What a worker is to the engine. */
export type Part =
  /** New work comes to it. */
  | 'serving'
  /** New work goes to another worker of the same build; this one takes over when that one is gone. */
  | 'standing_by'
  /** New work goes to another build; what it has begun it ends. */
  | 'superseded'

export interface Registered {
  readonly part: Part
  /** Whether anything had to be changed: work may wait that can go on now. */
  readonly changed: boolean
  /** Why the engine did not give this worker all that is left of those that are gone; absent when it did. */
  readonly refused?: EngineError
}

/**
 * Sees to it that somebody works: registers `uri` where the engine knows no live worker of this build, and takes over from
 * workers that are gone, with all that is pinned to them: their work would otherwise wait for an address where nobody listens any
 * more, and keep its tenants locked. What other applications have on the same engine it leaves alone. Rejects with `EngineError`, or when the engine cannot be reached.
 */
export async function registerDeployment(admin: EngineConnection, uri: string, isGone: IsGone): Promise<Registered> {
  const deployments = await findOurs(admin)
  const servingId = await findServing(admin)
  const serving = deployments.find(({ id }) => id === servingId)
  const gone = await findGone(deployments, uri, isGone)
  if (serving === undefined) return await add(admin, uri)
  if (isAt(serving, uri)) return { part: 'serving', ...(await takeOver(admin, uri, gone)) }
  if (gone.includes(serving)) {
    const first = await takeOver(admin, uri, [serving])
    const rest = gone.filter((deployment) => deployment !== serving)
    const others = await takeOver(admin, uri, rest)
    if (first.refused !== undefined) throw first.refused
    return { part: 'serving', ...others, changed: true }
  }
  if (isSameBuild(serving, uri)) {
    const siblings = gone.filter((deployment) => isSameBuild(deployment, uri))
    return { part: 'standing_by', ...(await takeOver(admin, uri, siblings)) }
  }
  if (deployments.some((deployment) => isAt(deployment, uri))) return { part: 'superseded', changed: false }
  return await add(admin, uri)
}

async function add(admin: EngineConnection, uri: string): Promise<Registered> {
  await callAdmin(admin, 'POST', '/deployments', { uri })
  return { part: 'serving', changed: true }
}

// One that the engine keeps back must not hold up the others.
async function takeOver(
  admin: EngineConnection,
  uri: string,
  gone: readonly Deployment[],
): Promise<Omit<Registered, 'part'>> {
  let changed = false
  let refused: EngineError | undefined
  for (const { id } of gone) {
    try {
      await callAdmin(admin, 'PATCH', `/deployments/${id}`, { uri, overwrite: true })
      changed = true
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      refused ??= error
    }
  }
  return { changed, ...(refused === undefined ? {} : { refused }) }
}

async function findOurs(admin: EngineConnection): Promise<Deployment[]> {
  const { deployments } = (await callAdmin(admin, 'GET', '/deployments')) as { deployments: readonly Deployment[] }
  return deployments.filter(({ services }) => services.some(({ name }) => OUR_OBJECTS.includes(name)))
}

async function findGone(deployments: readonly Deployment[], uri: string, isGone: IsGone): Promise<Deployment[]> {
  const others = deployments.filter((deployment) => !isAt(deployment, uri))
  const gone = await Promise.all(others.map(async (other) => other.uri !== undefined && (await isGone(other.uri))))
  return others.filter((_, index) => gone[index])
}

async function findServing(admin: EngineConnection): Promise<string | undefined> {
  try {
    const service = (await callAdmin(admin, 'GET', `/services/${TENANT_OBJECT}`)) as { deployment_id: string }
    return service.deployment_id
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) return undefined
    throw error
  }
}

function isAt(deployment: Deployment, uri: string): boolean {
  return deployment.uri?.replace(/\/$/, '') === uri
}

/** The build is the last part of an address. */
function isSameBuild(deployment: Deployment, uri: string): boolean {
  return deployment.uri !== undefined && buildOf(deployment.uri) === buildOf(uri)
}

function buildOf(uri: string): string | undefined {
  return new URL(uri).pathname.split('/').findLast((part) => part !== '')
}
