import { setTimeout as delay } from 'node:timers/promises'
import type { BackendDeps } from '../backend-deps.ts'
import type { BackgroundWork } from '../background-work.ts'

/** AWS may be away for a moment; clients are served from what is known meanwhile. */
const LONGEST_WAIT_MS = 10_000

/**
 * Runs the recovery of a domain until it has worked, resolving after its first try or a moment. `isFirst` stays true, over
 * restarts too, until all that AWS had when the store was new has been taken in.
 */
export type Recovery = (domain: string, work: (isFirst: boolean) => Promise<void>) => Promise<void>

export function createRecovery({
  store,
  background,
  now,
}: Pick<BackendDeps, 'store' | 'now'> & { readonly background: BackgroundWork }): Recovery {
  store.database.exec(
    'create table if not exists recovered (domain text primary key, at integer not null) strict, without rowid',
  )
  const find = store.database.prepare('select 1 from recovered where domain = ?')
  const note = store.database.prepare('insert or ignore into recovered (domain, at) values (?, ?)')
  return async (domain, work) => {
    const firstTry = Promise.withResolvers<void>()
    background.insist(`finding the ${domain} of this backend`, '', async () => {
      try {
        await work(find.get(domain) === undefined)
        note.run(domain, now().getTime())
      } finally {
        firstTry.resolve()
      }
    })
    await Promise.race([firstTry.promise, delay(LONGEST_WAIT_MS, undefined, { ref: false })])
  }
}
