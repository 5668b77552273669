import { setTimeout as delay } from 'node:timers/promises'
import type { BackendDeps } from '../backend-deps.ts'
import { type BackgroundWork, createBackgroundWork } from '../containers/background-work.ts'

/** AWS may be away for a moment; clients are served from what is known meanwhile. */
const LONGEST_WAIT_MS = 10_000

/** Goes on until it has worked; resolves after the first try, or a moment. */
export async function insistAndWait(
  background: BackgroundWork,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  const firstTry = Promise.withResolvers<void>()
  background.insist(what, '', () => work().finally(firstTry.resolve))
  await Promise.race([firstTry.promise, delay(LONGEST_WAIT_MS, undefined, { ref: false })])
}

/**
 * Runs the recovery of a domain until it has worked, resolving after its first try at the latest. `isFirst` stays true, over
 * restarts too, until all that AWS had when the store was new has been taken in.
 */
export type Recovery = (domain: string, work: (isFirst: boolean) => Promise<void>) => Promise<void>

export function createRecovery({
  store,
  logger,
  closing,
  now,
}: Pick<BackendDeps, 'store' | 'logger' | 'closing' | 'now'>): Recovery {
  store.database.exec(
    'create table if not exists recovered (domain text primary key, at integer not null) strict, without rowid',
  )
  const find = store.database.prepare('select 1 from recovered where domain = ?')
  const note = store.database.prepare('insert or ignore into recovered (domain, at) values (?, ?)')
  const background = createBackgroundWork(logger, closing)
  return async (domain, work) => {
    await insistAndWait(background, `finding the ${domain} of this backend`, async () => {
      await work(find.get(domain) === undefined)
      note.run(domain, now().getTime())
    })
  }
}
