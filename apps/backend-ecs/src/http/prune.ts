import { badRequest, DockerError } from '../errors/docker-error.ts'
import { hasLabel } from './read-filters.ts'

/** What every `prune` can be told of, beside filters of its own. */
export const PRUNE_FILTERS: readonly string[] = ['label', 'label!', 'until']

interface Prunable {
  readonly labels: Readonly<Record<string, string>>
  /** In milliseconds since the epoch. */
  readonly createdAt: number
}

/** Which things the filters `label`, `label!` and `until` leave to be pruned. Throws 400 for a time that is none. */
export function readPruneFilter(
  filters: ReadonlyMap<string, readonly string[]>,
  now: Date,
): (thing: Prunable) => boolean {
  const valuesOf = (key: string): readonly string[] => filters.get(key) ?? []
  const times = valuesOf('until').map((text) => readUntil(text, now))
  return ({ labels, createdAt }) =>
    times.every((time) => createdAt < time) &&
    valuesOf('label').every((label) => hasLabel(labels, label)) &&
    !valuesOf('label!').some((label) => hasLabel(labels, label))
}

/** Those that could be removed: somebody may have begun to use one, or removed it, since they were chosen. */
export async function removeEach<Thing>(
  chosen: readonly Thing[],
  remove: (thing: Thing) => Promise<unknown>,
): Promise<Thing[]> {
  const removed: Thing[] = []
  for (const thing of chosen) {
    try {
      await remove(thing)
      removed.push(thing)
    } catch (error) {
      if (!(error instanceof DockerError && [403, 404, 409].includes(error.status))) throw error
    }
  }
  return removed
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
