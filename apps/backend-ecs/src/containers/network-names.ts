import AsyncLock from 'async-lock'
import type { BackgroundWork } from '../background-work.ts'
import type { NetworkOperations } from '../networks/network-operations.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { StateStore } from '../store/state-store.ts'

/** Names of running containers on their networks, kept in step with their runs, one step at a time for each container. */
export interface NetworkNames {
  /** Makes a run known, in the background. */
  join(record: ContainerRecord): void
  /** Resolves when the names of its present run are known; rejects when the first try failed. */
  joined(containerId: string): Promise<void>
  /** Takes the names of a run that has ended away, in the background. */
  leave(record: ContainerRecord): void
}

interface Deps {
  readonly networks: Pick<NetworkOperations, 'join' | 'leave'>
  readonly store: Pick<StateStore, 'containers'>
  readonly background: BackgroundWork
}

export function createNetworkNames({ networks, store: { containers }, background }: Deps): NetworkNames {
  const lock = new AsyncLock()
  const joins = new Map<string, Promise<void>>()

  const joinNow = ({ id, taskArn }: ContainerRecord): Promise<void> =>
    lock.acquire(id, async () => {
      const current = containers.get(id)
      if (current?.state.status === 'running' && current.taskArn === taskArn) await networks.join(current)
    })

  const leaveNow = (record: ContainerRecord): Promise<void> =>
    lock.acquire(record.id, async () => {
      // The names of a later run are not this one's to take away.
      if (containers.get(record.id)?.state.status === 'running') return
      await networks.leave(record)
      containers.update(record.id, ({ hasNames: _gone, ...rest }) => rest)
    })

  return {
    join(record) {
      const first = joinNow(record)
      // While the process stops, nobody may wait for it any more.
      first.catch(() => undefined)
      joins.set(record.id, first)
      let isFirst = true
      background.insist('making a container known on its networks', record.id, () => {
        const attempt = isFirst ? first : joinNow(record)
        isFirst = false
        return attempt
      })
    },
    joined: (id) => joins.get(id) ?? Promise.resolve(),
    leave(record) {
      joins.delete(record.id)
      background.insist('taking a container off its networks', record.id, () => leaveNow(record))
    },
  }
}
