import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { SCOPE_LABEL, type Scope, TASK_LABEL } from './task-labels.ts'

const RECONNECT_MS = 1_000

export interface EngineWatch {
  /** Something has happened to a container of this task. */
  readonly onTask: (taskArn: string) => void
  /** Anything may have happened: the engine has begun to tell just now. */
  readonly onConnected: () => void
}

/** Listens to the engine's events until `closing`, again and again when the engine goes away. */
export async function watchEngine(
  docker: Docker,
  scope: Scope,
  watch: EngineWatch,
  closing: AbortSignal,
): Promise<void> {
  const filters = {
    type: ['container' as const],
    event: ['die', 'health_status'],
    label: [`${SCOPE_LABEL}=${scope.id}`],
  }
  while (!closing.aborted) {
    try {
      const events = (await docker.getEvents({ filters, abortSignal: closing })) as Readable
      watch.onConnected()
      const lines = createInterface({ input: events })
      // It passes the stream's failure on, to nobody once the loop has been left.
      lines.on('error', () => undefined)
      for (const end of ['error', 'close'] as const) events.on(end, () => lines.close())
      try {
        for await (const line of lines) {
          const taskArn = taskOf(line)
          if (taskArn !== undefined) watch.onTask(taskArn)
        }
      } finally {
        lines.close()
        events.destroy()
      }
    } catch {
      // The engine is away: nothing can be known until it is back.
    }
    await delay(RECONNECT_MS, undefined, { signal: closing, ref: false }).catch(() => undefined)
  }
}

function taskOf(line: string): string | undefined {
  const event = JSON.parse(line) as { readonly Actor?: { readonly Attributes?: Record<string, string> } }
  return event.Actor?.Attributes?.[TASK_LABEL]
}
