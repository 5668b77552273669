import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { CancelledError, type JsonObject, throwIfAborted, UnavailableError } from '@landlord/compute-core'
import type { TargetCondition } from '../conformance-harness.ts'

export interface ExampleResource {
  readonly kind: 'network' | 'instance'
  readonly name: string
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly config: JsonObject
  readonly containers: readonly string[]
  readonly suspended: boolean
  readonly restartToken: string
  /** Fingerprints by name. */
  readonly secrets: Readonly<Record<string, string>>
  /** Whether it was running before its last change. */
  readonly served: boolean
}

/** A target in memory, whose every answer takes a turn of the event loop. */
export interface ExampleTarget {
  readonly resources: Map<string, ExampleResource>
  /** How often each was looked at since it changed: looking is what makes time pass here. */
  readonly looks: Map<string, number>
  /** What is no more, for the providers that remember too much. */
  readonly removed: ExampleResource[]
  writes: number
}

export function createExampleTarget(): ExampleTarget {
  return { resources: new Map(), looks: new Map(), removed: [], writes: 0 }
}

export interface ExampleConnection {
  list(signal: AbortSignal): Promise<ExampleResource[]>
  find(key: string, signal: AbortSignal): Promise<ExampleResource | undefined>
  put(resource: Omit<ExampleResource, 'id'>, signal: AbortSignal): Promise<void>
  remove(key: string, signal: AbortSignal): Promise<void>
}

export function keyOf(resource: Pick<ExampleResource, 'kind' | 'name'>): string {
  return `${resource.kind}/${resource.name}`
}

export function connect(target: ExampleTarget, condition: TargetCondition): ExampleConnection {
  const ask = async (signal: AbortSignal): Promise<void> => {
    throwIfAborted(signal)
    if (condition === 'unreachable') throw new UnavailableError({ message: 'the example target does not answer' })
    if (condition === 'silent') await silence(signal)
    await setImmediate()
    throwIfAborted(signal)
  }
  return {
    async list(signal) {
      await ask(signal)
      return [...target.resources.values()]
    },
    async find(key, signal) {
      await ask(signal)
      return target.resources.get(key)
    },
    async put(resource, signal) {
      await ask(signal)
      const key = keyOf(resource)
      target.resources.set(key, { ...resource, id: target.resources.get(key)?.id ?? randomUUID() })
      target.looks.delete(key)
      target.writes += 1
    },
    async remove(key, signal) {
      await ask(signal)
      const resource = target.resources.get(key)
      if (resource !== undefined) target.removed.push(resource)
      target.resources.delete(key)
      target.writes += 1
    },
  }
}

function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = () => reject(new CancelledError({ message: 'the operation was cancelled' }))
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
