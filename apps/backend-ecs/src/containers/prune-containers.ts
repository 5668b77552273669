import { PRUNE_FILTERS, readPruneFilter, removeEach } from '../http/prune.ts'
import { readFilters } from '../http/read-filters.ts'
import type { Query } from '../http/read-query.ts'
import type { ContainerOperations } from './container-operations.ts'
import { containerLabels, type FilterContext } from './views/matches-filters.ts'

interface PruneDeps {
  readonly containers: Pick<ContainerOperations, 'listFresh' | 'remove'>
  readonly now: () => Date
}

interface Pruned {
  readonly ContainersDeleted: readonly string[]
  readonly SpaceReclaimed: number
}

/** Removes what does not run, as far as the filters `label`, `label!` and `until` mean it. */
export async function pruneContainers(
  query: Query,
  context: FilterContext,
  { containers, now }: PruneDeps,
): Promise<Pruned> {
  const fits = readPruneFilter(readFilters(query.filters, PRUNE_FILTERS), now())
  const chosen = (await containers.listFresh()).filter(
    (record) =>
      record.live !== true &&
      ENDED.includes(record.state.status) &&
      fits({ labels: containerLabels(record, context), createdAt: Date.parse(record.createdAt) }),
  )
  const removed = await removeEach(chosen, ({ id }) => containers.remove(id, { force: false }))
  return { ContainersDeleted: removed.map(({ id }) => id), SpaceReclaimed: 0 }
}

const ENDED: readonly string[] = ['created', 'exited', 'dead']
