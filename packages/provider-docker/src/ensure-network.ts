import { createHash } from 'node:crypto'
import { ConflictError, isOwnedBy, type Ownership, ownershipMarks, QuotaExceededError } from '@landlord/compute-core'
import type { NetworkInspectInfo } from 'dockerode'
import { isGone, reasonOf, statusOf } from './map-docker-error.ts'
import { formatSubnet, overlap, parseSubnet, type Subnet, subnetAt, subnetCount } from './parse-subnet.ts'
import { sharedNetworkName } from './resource-names.ts'
import type { TenantScope } from './tenant-scope.ts'

const DUPLICATE = 409
// Another installation may take the same free range between our look and our create.
const MAX_SUBNET_TRIES = 16

export interface TenantNetwork {
  readonly id: string
  readonly name: string
}

/** The network that the tenant's container belongs on: found, or created once. */
export async function ensureNetwork(scope: TenantScope): Promise<TenantNetwork> {
  const wanted = wantedNetwork(scope)
  // The engine accepts several networks of one name (before API 1.44); within this process they are made one at a time.
  return await scope.client.serialise(`network ${wanted.name}`, scope.signal, async () => {
    const found = await findNetwork(scope, wanted)
    if (found !== undefined) return found
    const created = await createNetwork(scope, wanted)
    // Other processes may have done the same.
    return (await findNetwork(scope, wanted)) ?? { id: created ?? wanted.name, name: wanted.name }
  })
}

/** False when containers still use it. */
export async function removeNetwork(scope: TenantScope, id: string): Promise<boolean> {
  try {
    await scope.client.request({
      action: `remove network ${id}`,
      method: 'DELETE',
      path: `/networks/${id}`,
      signal: scope.signal,
    })
    return true
  } catch (error) {
    if (isGone(error)) return true
    if (reasonOf(error) === 'forbidden') return false
    throw error
  }
}

export async function listNetworks(scope: TenantScope, filters: object): Promise<NetworkInspectInfo[]> {
  return await scope.client.request<NetworkInspectInfo[]>({
    action: 'list networks',
    method: 'GET',
    path: '/networks',
    query: { filters },
    signal: scope.signal,
  })
}

interface WantedNetwork {
  readonly name: string
  readonly ownership: Ownership
  /** Named by the operator: one that exists is used, whoever made it. */
  readonly adoptable: boolean
}

function wantedNetwork(scope: TenantScope): WantedNetwork {
  const { settings, installation, names, ownership } = scope
  if (settings.network_isolation === 'per_tenant') return { name: names.network, ownership, adoptable: false }
  return {
    name: settings.network_name ?? sharedNetworkName({ labelPrefix: settings.label_prefix, installation }),
    ownership: { ...ownership, tenantId: '' },
    adoptable: settings.network_name !== undefined,
  }
}

async function findNetwork(scope: TenantScope, wanted: WantedNetwork): Promise<TenantNetwork | undefined> {
  // The engine's name filter also matches parts of names.
  const named = (await listNetworks(scope, { name: [wanted.name] })).filter(({ Name }) => Name === wanted.name)
  const oldestFirst = named.sort(
    (left, right) => left.Created.localeCompare(right.Created) || left.Id.localeCompare(right.Id),
  )
  const ours = oldestFirst.filter(({ Labels }) => isOwnedBy(Labels, wanted.ownership))
  const usable = (await keepOne(scope, ours)) ?? (wanted.adoptable ? oldestFirst[0] : undefined)
  if (usable !== undefined) return { id: usable.Id, name: usable.Name }
  if (oldestFirst[0] === undefined) return undefined
  throw new ConflictError({
    message: `a network named ${wanted.name} exists and is not this installation's; rename it, choose another label_prefix, or name it in network_name to use it`,
    details: { reason: 'name_taken', network: wanted.name },
  })
}

/**
 * While two networks have one name, the engine starts nothing on either. Whoever notices removes all but one, the newest first;
 * one that is in use stays, and then the older ones go.
 */
async function keepOne(
  scope: TenantScope,
  oldestFirst: readonly NetworkInspectInfo[],
): Promise<NetworkInspectInfo | undefined> {
  const kept = [...oldestFirst]
  for (const network of oldestFirst.toReversed()) {
    if (kept.length === 1) break
    if (await removeNetwork(scope, network.Id)) kept.splice(kept.indexOf(network), 1)
  }
  return kept[0]
}

/** The new network's id; undefined when the engine says that there is one of the name by now. */
async function createNetwork(scope: TenantScope, wanted: WantedNetwork): Promise<string | undefined> {
  const pool = parseSubnet(scope.settings.subnet_pool ?? '')
  if (pool === undefined) return await postNetwork(scope, wanted, undefined)
  // A range that another call is just taking is refused before the engine lists it.
  const refused: Subnet[] = []
  for (;;) {
    const subnet = await freeSubnet(scope, pool, refused)
    try {
      return await postNetwork(scope, wanted, subnet)
    } catch (error) {
      if (reasonOf(error) !== 'addresses_exhausted' || refused.push(subnet) === MAX_SUBNET_TRIES) throw error
    }
  }
}

async function postNetwork(
  scope: TenantScope,
  wanted: WantedNetwork,
  subnet: Subnet | undefined,
): Promise<string | undefined> {
  const { network_driver, network_isolation, host_options } = scope.settings
  const separates = network_driver === 'bridge' && network_isolation === 'shared' && host_options
  try {
    const { Id } = await scope.client.request<{ Id: string }>({
      action: `create network ${wanted.name}`,
      method: 'POST',
      path: '/networks/create',
      body: {
        Name: wanted.name,
        Driver: network_driver,
        CheckDuplicate: true,
        Labels: ownershipMarks(wanted.ownership),
        Options: separates ? { 'com.docker.network.bridge.enable_icc': 'false' } : {},
        ...(subnet === undefined ? {} : { IPAM: { Config: [{ Subnet: formatSubnet(subnet) }] } }),
      },
      signal: scope.signal,
    })
    return Id
  } catch (error) {
    if (statusOf(error) === DUPLICATE) return undefined
    throw error
  }
}

/** The first range of the pool that no network on the engine uses, from a place that depends on the tenant. */
async function freeSubnet(scope: TenantScope, pool: Subnet, refused: readonly Subnet[]): Promise<Subnet> {
  const { subnet_prefix_length: prefixLength } = scope.settings
  const used = (await listNetworks(scope, {}))
    .flatMap(({ IPAM }) => IPAM?.Config ?? [])
    .map(({ Subnet }) => parseSubnet(Subnet ?? ''))
    .filter((subnet) => subnet !== undefined)
  const count = subnetCount(pool, prefixLength)
  const start = createHash('sha256').update(scope.ownership.tenantId).digest().readUInt32BE(0) % count
  for (let offset = 0; offset < count; offset += 1) {
    const subnet = subnetAt(pool, prefixLength, (start + offset) % count)
    if (![...used, ...refused].some((taken) => overlap(taken, subnet))) return subnet
  }
  throw new QuotaExceededError({
    message: `subnet_pool ${formatSubnet(pool)} has no free /${prefixLength} left for another tenant; give a larger pool`,
    details: { reason: 'addresses_exhausted', networks: count },
  })
}
