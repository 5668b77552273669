import { randomUUID } from 'node:crypto'
import { lastSegment } from './identifiers.ts'
import type { Simulation } from './simulation.ts'
import type { ServiceRecord, TaskRecord } from './world.ts'

/** Documented: a service shows its newest hundred events. */
const EVENTS_KEPT = 100

interface EventDetails {
  readonly delayMs?: number
  /** The deployment, in the form in which the events about its draining tasks name it (read in users' logs). */
  readonly taskSet?: string | undefined
}

/** Adds `(service NAME) …` in front; the newest event comes first. */
export function addEvent(
  simulation: Simulation,
  service: ServiceRecord,
  text: string,
  { delayMs = 0, taskSet }: EventDetails = {},
): void {
  const message = `(service ${service.name}${taskSet === undefined ? '' : `, taskSet ${taskSet}`}) ${text}`
  service.events.unshift({ id: randomUUID(), createdAt: simulation.now() + delayMs, message })
  service.events.length = Math.min(service.events.length, EVENTS_KEPT)
}

/** `(task …) (task …)`, as events list tasks (captured). */
export const taskList = (tasks: readonly TaskRecord[]): string =>
  tasks.map(({ arn }) => `(task ${lastSegment(arn)})`).join(' ')
