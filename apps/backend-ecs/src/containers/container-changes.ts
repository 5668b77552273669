import { EventEmitter } from 'node:events'
import type { RecordCollection } from '../store/record-collection.ts'
import type { ContainerRecord } from '../store/records.ts'

/** The one door through which records of containers change, so that whoever waits for one hears of it. */
export interface ContainerChanges {
  /** Writes and tells; undefined when the container is gone. */
  update(id: string, change: (record: ContainerRecord) => ContainerRecord): ContainerRecord | undefined
  delete(id: string): void
  /** Resolves with the record when it passes the test, at once or later; undefined is a container that is gone. */
  until(
    id: string,
    test: (record: ContainerRecord | undefined) => boolean,
    signal: AbortSignal,
  ): Promise<ContainerRecord | undefined>
}

export function createContainerChanges(containers: RecordCollection<ContainerRecord>): ContainerChanges {
  const emitter = new EventEmitter()
  // One for each client that waits.
  emitter.setMaxListeners(0)
  return {
    update(id, change) {
      const changed = containers.update(id, change)
      if (changed !== undefined) emitter.emit(id, changed)
      return changed
    },
    delete(id) {
      if (containers.delete(id)) emitter.emit(id, undefined)
    },
    until(id, test, signal) {
      return new Promise((resolve, reject) => {
        const settle = (end: () => void): void => {
          emitter.off(id, onChange)
          signal.removeEventListener('abort', onAbort)
          end()
        }
        const onChange = (record: ContainerRecord | undefined): void => {
          if (test(record)) settle(() => resolve(record))
        }
        const onAbort = (): void => settle(() => reject(signal.reason as Error))
        if (signal.aborted) return reject(signal.reason as Error)
        emitter.on(id, onChange)
        signal.addEventListener('abort', onAbort)
        const now = containers.get(id)
        if (test(now)) settle(() => resolve(now))
      })
    },
  }
}
