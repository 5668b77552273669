import type { BackendDeps } from '../backend-deps.ts'
import type { BackgroundWork } from '../background-work.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerChanges } from './container-changes.ts'
import { restartDelayMs } from './restart-policy.ts'

/** Runs that a restart policy asks for, after a pause. */
export interface Restarts {
  schedule(record: ContainerRecord): void
}

interface Deps extends Pick<BackendDeps, 'closing' | 'store'> {
  readonly changes: ContainerChanges
  readonly background: BackgroundWork
}

export function createRestarts(
  { closing, store, changes, background }: Deps,
  launch: (id: string) => Promise<void>,
): Restarts {
  async function restart(id: string): Promise<void> {
    const current = store.containers.get(id)
    // Stopped, started or removed during the pause.
    if (current?.state.status !== 'restarting' || current.live === true) return
    changes.update(id, (record) => ({ ...record, restartCount: record.restartCount + 1 }))
    await launch(id)
  }
  return {
    schedule(record) {
      const timer = setTimeout(() => {
        // Where the process stops, the next one goes on.
        if (!closing.aborted) background.run('restarting a container', record.id, () => restart(record.id))
      }, restartDelayMs(record))
      timer.unref()
    },
  }
}
