import { badRequest, DockerError } from '../errors/docker-error.ts'
import { readFilters } from '../http/read-filters.ts'
import type { Query } from '../http/read-query.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerOperations } from './container-operations.ts'
import { type FilterContext, matchesFilters } from './views/matches-filters.ts'

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
  const filters = readFilters(query.filters, ['label', 'label!', 'until'])
  const until = filters.get('until')?.map((text) => readUntil(text, now())) ?? []
  const hasLabel = (record: ContainerRecord, label: string): boolean =>
    matchesFilters(record, new Map([['label', [label]]]), context)
  const chosen = (await containers.listFresh()).filter(
    (record) =>
      record.live !== true &&
      ENDED.includes(record.state.status) &&
      until.every((time) => Date.parse(record.createdAt) < time) &&
      (filters.get('label') ?? []).every((label) => hasLabel(record, label)) &&
      !(filters.get('label!') ?? []).some((label) => hasLabel(record, label)),
  )
  const deleted: string[] = []
  for (const { id } of chosen) {
    if (await isRemoved(containers, id)) deleted.push(id)
  }
  return { ContainersDeleted: deleted, SpaceReclaimed: 0 }
}

const ENDED: readonly string[] = ['created', 'exited', 'dead']

/** Somebody may have started or removed it since it was chosen. */
async function isRemoved({ remove }: PruneDeps['containers'], id: string): Promise<boolean> {
  try {
    await remove(id, { force: false })
    return true
  } catch (error) {
    if (error instanceof DockerError && (error.status === 404 || error.status === 409)) return false
    throw error
  }
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }

/** Seconds since the epoch, a time as in RFC 3339, or how long ago (`24h`, `1h30m`); in milliseconds since the epoch. */
function readUntil(text: string, now: Date): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  if (/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)]
    return now.getTime() - parts.reduce((sum, [, amount, unit = 's']) => sum + Number(amount) * (UNITS[unit] ?? 0), 0)
  }
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw badRequest(`invalid filter 'until=${text}': expected a time, or how long ago, such as 24h`)
  return time
}
