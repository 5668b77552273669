import type { ContainerOperations } from '../containers/container-operations.ts'
import type { ContainerRecord } from '../store/records.ts'

export interface RunEnd {
  /** Aborted when the run has ended, or the container is gone. */
  readonly ended: AbortSignal
  release(): void
}

/** Watches the run that writes to the record's log stream. Somebody who follows wants to know soon: ECS is looked at often. */
export function watchRunEnd(
  { until }: Pick<ContainerOperations, 'until'>,
  { id, logStream }: ContainerRecord,
  signal: AbortSignal,
): RunEnd {
  const [ended, over] = [new AbortController(), new AbortController()]
  // Its next run may have begun by the time that anybody looks.
  until(
    id,
    (current) => current?.live !== true || current.logStream !== logStream,
    AbortSignal.any([signal, over.signal]),
  ).then(
    () => ended.abort(),
    () => undefined,
  )
  return { ended: ended.signal, release: () => over.abort() }
}
