import { randomBytes } from 'node:crypto'
import type { BackendDeps } from '../backend-deps.ts'
import { badRequest, conflict, DockerError } from '../errors/docker-error.ts'
import type { ContainerRecord, NetworkRecord } from '../store/records.ts'
import { createNameRegistry } from './name-registry.ts'
import { deleteNamespace, ensureNamespace, findNamespace } from './namespace.ts'
import {
  deleteSecurityGroup,
  ensureSecurityGroup,
  findSecurityGroup,
  findVpc,
  listNetworksInAws,
  noteNamespace,
} from './security-group.ts'

export interface NetworkOperations {
  /** By name, id, or the id's beginning. Throws 404. */
  find(name: string): NetworkRecord
  /** The same for somebody who wants to be on it. Throws 409 while it is being made or removed. */
  findReady(name: string): NetworkRecord
  list(): NetworkRecord[]
  /** Throws 409 for a name that is taken. */
  create(request: { readonly name: string; readonly labels: Readonly<Record<string, string>> }): Promise<NetworkRecord>
  /** Throws 403 while a container is on it. */
  remove(name: string): Promise<void>
  /** Containers on it, running or not. */
  membersOf(network: NetworkRecord): ContainerRecord[]
  /** Puts a container onto it: its names at once, the security group with its next start. Throws 403 when it is there. */
  connect(network: string, container: ContainerRecord, aliases: readonly string[]): Promise<void>
  disconnect(network: string, container: ContainerRecord): Promise<void>
  /** Of the networks, beside the settings' own. */
  securityGroups(networkIds: readonly string[]): string[]
  /** Domains that short names are looked up in. */
  searchDomains(networkIds: readonly string[]): string[]
  /** Makes a running container's address known under its names on all of its networks. Twice is once. */
  join(container: ContainerRecord): Promise<void>
  /** Takes its names away. Twice is once. */
  leave(container: ContainerRecord): Promise<void>
  /** Takes down what was half made or half removed, and finds again what the store does not know. */
  recover(isFirst: boolean): Promise<void>
}

const PREDEFINED = ['bridge', 'host', 'none', 'default']
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/

type Deps = Pick<BackendDeps, 'aws' | 'store' | 'settings' | 'instance' | 'events' | 'now' | 'logger' | 'closing'> & {
  /** Writes a container's record and tells whoever waits for it. */
  readonly updateContainer: (
    id: string,
    change: (record: ContainerRecord) => ContainerRecord,
  ) => ContainerRecord | undefined
}

export function createNetworkOperations(deps: Deps): NetworkOperations {
  const { store, events, now, logger, closing } = deps
  const registry = createNameRegistry(deps)
  let vpc: Promise<string> | undefined
  const theVpc = (): Promise<string> => {
    vpc ??= findVpc(deps).catch((error: unknown) => {
      vpc = undefined
      throw error
    })
    return vpc
  }

  const publish = (action: string, network: NetworkRecord, container?: string): void =>
    events.publish({
      type: 'network',
      action,
      id: network.id,
      attributes: { name: network.name, type: 'bridge', ...(container === undefined ? {} : { container }) },
    })

  const membersOf = ({ id }: NetworkRecord): ContainerRecord[] =>
    store.containers.list().filter(({ networks }) => networks.some(({ networkId }) => networkId === id))

  function find(name: string): NetworkRecord {
    const found = store.networks.get(name) ?? store.networks.byName(name)
    if (found !== undefined) return found
    const [first, another] = /^[0-9a-f]+$/.test(name) ? store.networks.byKeyPrefix(name) : []
    if (first !== undefined && another === undefined) return first
    throw new DockerError({ status: 404, message: `network ${name} not found` })
  }

  function findReady(name: string): NetworkRecord {
    const network = find(name)
    if (network.phase === 'ready') return network
    const doing = network.phase === 'creating' ? 'made' : 'removed'
    throw conflict(`network ${network.name} is being ${doing}; try again, or remove it and make it anew`)
  }

  // Recovery goes on while clients are served: what they are making by then is theirs.
  const unfinished = store.networks
    .list()
    .filter(({ phase }) => phase !== 'ready')
    .map(({ id }) => id)

  async function realize(network: NetworkRecord): Promise<NetworkRecord> {
    const securityGroupId = await ensureSecurityGroup(deps, network, await theVpc())
    store.networks.update(network.id, (current) => ({ ...current, securityGroupId }))
    const { id: namespaceId, domain } = await ensureNamespace(deps, network, await theVpc(), closing)
    store.networks.update(network.id, (current) => ({ ...current, namespaceId, domain }))
    await noteNamespace(deps, securityGroupId, namespaceId, domain)
    return store.networks.update(network.id, (current) => ({ ...current, phase: 'ready' })) ?? network
  }

  async function takeDown(id: string): Promise<void> {
    const network = store.networks.update(id, (current) => ({ ...current, phase: 'removing' }))
    if (network === undefined) return
    const namespaceId = network.namespaceId ?? (await findNamespace(deps, network))
    const securityGroupId = network.securityGroupId ?? (await findSecurityGroup(deps, network, await theVpc()))
    if (namespaceId !== undefined) {
      await deleteNamespace(deps, namespaceId, () => registry.clear(namespaceId), closing)
    }
    if (securityGroupId !== undefined) await deleteSecurityGroup(deps, securityGroupId, closing)
    store.networks.delete(id)
  }

  /** On each of its networks, or on one: the name, its aliases, and the short id. */
  const namesOn = (container: ContainerRecord, only?: string): { namespaceId: string; name: string }[] =>
    container.networks
      .filter(({ networkId }) => only === undefined || networkId === only)
      .flatMap(({ networkId, aliases }) => {
        const namespaceId = store.networks.get(networkId)?.namespaceId
        if (namespaceId === undefined) return []
        const names = new Set([container.name, ...aliases, container.id.slice(0, 12)].map((name) => name.toLowerCase()))
        return [...names].map((name) => ({ namespaceId, name }))
      })

  async function join(container: ContainerRecord): Promise<void> {
    const { address } = container
    if (address === undefined) return
    await Promise.all(
      namesOn(container).map(({ namespaceId, name }) => registry.register(namespaceId, name, container.id, address)),
    )
  }

  async function leave(container: ContainerRecord, only?: string): Promise<void> {
    // Never started: nobody knows its names.
    if (container.runs === 0) return
    await Promise.all(
      namesOn(container, only).map(({ namespaceId, name }) => registry.deregister(namespaceId, name, container.id)),
    )
  }

  return {
    find,
    findReady,
    list: () => store.networks.list(),
    membersOf,
    join,
    leave: (container) => leave(container),
    async create({ name, labels }) {
      if (!NAME.test(name))
        throw badRequest(`invalid network name ${JSON.stringify(name)}: letters, digits, _, . and - are allowed`)
      if (PREDEFINED.includes(name))
        throw new DockerError({ status: 403, message: `operation is not permitted on predefined ${name} network` })
      const network: NetworkRecord = {
        id: randomBytes(32).toString('hex'),
        name,
        createdAt: now().toISOString(),
        labels,
        phase: 'creating',
      }
      if (!store.networks.insert(network)) throw conflict(`network with name ${name} already exists`)
      try {
        const ready = await realize(network)
        publish('create', ready)
        return ready
      } catch (error) {
        await takeDown(network.id).catch((cause: unknown) =>
          logger.error({ err: cause, network: name }, 'a network that could not be made is left for the next start'),
        )
        throw error
      }
    },
    async remove(name) {
      if (PREDEFINED.includes(name))
        throw new DockerError({ status: 403, message: `${name} is a pre-defined network and cannot be removed` })
      const network = find(name)
      if (membersOf(network).length > 0) {
        throw new DockerError({
          status: 403,
          message: `error while removing network: network ${network.name} id ${network.id} has active endpoints`,
        })
      }
      await takeDown(network.id)
      publish('destroy', network)
    },
    async connect(name, container, aliases) {
      const network = findReady(name)
      if (container.networks.some(({ networkId }) => networkId === network.id)) {
        throw new DockerError({
          status: 403,
          message: `endpoint with name ${container.name} already exists in network ${network.name}`,
        })
      }
      const connected = deps.updateContainer(container.id, (current) => ({
        ...current,
        networks: [...current.networks, { networkId: network.id, aliases: [...new Set(aliases)] }],
      }))
      if (connected?.state.status === 'running') await join(connected)
      publish('connect', network, container.id)
    },
    async disconnect(name, container) {
      const network = find(name)
      if (!container.networks.some(({ networkId }) => networkId === network.id)) {
        throw new DockerError({
          status: 403,
          message: `container ${container.id} is not connected to network ${network.name}`,
        })
      }
      await leave(container, network.id)
      deps.updateContainer(container.id, (current) => ({
        ...current,
        networks: current.networks.filter(({ networkId }) => networkId !== network.id),
      }))
      publish('disconnect', network, container.id)
    },
    securityGroups: (ids) => ids.flatMap((id) => store.networks.get(id)?.securityGroupId ?? []),
    searchDomains: (ids) => ids.flatMap((id) => store.networks.get(id)?.domain ?? []),
    async recover(isFirst) {
      const found = isFirst ? await listNetworksInAws(deps) : []
      const unknown = found.filter((network) => store.networks.insert(network))
      for (const id of [...unfinished, ...unknown.map((network) => network.id)]) {
        const { name, phase } = store.networks.get(id) ?? {}
        if (name === undefined || phase === 'ready') continue
        await takeDown(id).catch((error: unknown) =>
          logger.error(
            { err: error, network: name },
            'a network could not be taken down; it will be at the next start',
          ),
        )
      }
    },
  }
}
