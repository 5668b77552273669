import { randomUUID } from 'node:crypto'
import { lastSegment } from './identifiers.ts'
import type { Simulation } from './simulation.ts'
import type { ServiceRecord, TaskRecord } from './world.ts'

/** Documented: a service shows its newest hundred events. */
const EVENTS_KEPT = 100

/** Adds `(service NAME) …` in front; the newest event comes first. */
export function addEvent(simulation: Simulation, service: ServiceRecord, text: string, delayMs = 0): void {
  const message = `(service ${service.name}) ${text}`
  service.events.unshift({ id: randomUUID(), createdAt: simulation.now() + delayMs, message })
  service.events.length = Math.min(service.events.length, EVENTS_KEPT)
}

/** `(task …) (task …)`, as events list tasks (captured). */
export const taskList = (tasks: readonly TaskRecord[]): string =>
  tasks.map(({ arn }) => `(task ${lastSegment(arn)})`).join(' ')
