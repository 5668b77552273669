import { EcsError } from './ecs-error.ts'
import { ECS_OPERATIONS } from './ecs-operations.ts'
import type { Emulator } from './emulator.ts'
import type { Operation } from './operation.ts'
import type { Simulation } from './simulation.ts'
import { readRequest, writeResponse } from './wire-schema.ts'
import type { World } from './world.ts'

/** What goes back over the wire; `reset` breaks the connection instead. */
export type Answer =
  | { readonly kind: 'reply'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'reset' }

/** Carries out one ECS call: rates, faults, the request's schema, the operation, the response's schema. */
export function callEcs(emulator: Emulator, name: string, body: string): Answer {
  emulator.calls.set(name, (emulator.calls.get(name) ?? 0) + 1)
  try {
    return attempt(emulator, name, body)
  } catch (error) {
    if (error instanceof EcsError) {
      return { kind: 'reply', status: error.status, body: { __type: error.type, message: error.message } }
    }
    const message = `The emulator failed: ${error instanceof Error ? error.message : String(error)}`
    return { kind: 'reply', status: 500, body: { __type: 'ServerException', message } }
  }
}

function attempt(emulator: Emulator, name: string, body: string): Answer {
  const operation = ECS_OPERATIONS.get(name)
  if (operation === undefined) {
    const message = `The operation ${name} of Amazon ECS is not emulated.`
    throw new EcsError({ type: 'UnknownOperationException', message })
  }
  if (!emulator.buckets.admit(name)) {
    emulator.throttled.set(name, (emulator.throttled.get(name) ?? 0) + 1)
    throw new EcsError({ type: 'ThrottlingException', message: 'Rate exceeded' })
  }
  const simulation = emulator.simulation()
  const inForce = emulator.faults.take(name, operation.reads)
  if (inForce?.fault.kind === 'error') throw new EcsError(inForce.fault)
  if (inForce?.fault.kind === 'reset') return { kind: 'reset' }
  const past = inForce?.snapshot ?? emulator.lag.seenAt(simulation.now())
  const result = operation.run(readRequest(operation.input, parse(body)), seenBy(operation, simulation, past))
  if (!operation.reads) emulator.changed()
  const reply = writeResponse(operation.output, result)
  if (inForce?.fault.kind === 'lost_reply') return { kind: 'reset' }
  return { kind: 'reply', status: 200, body: reply ?? {} }
}

/** Reads look at the past only; writes meet the present, but do not find what their caller cannot see yet. */
function seenBy({ reads }: Operation, simulation: Simulation, past: World | undefined): Simulation {
  if (past === undefined) return simulation
  return reads ? { ...simulation, world: past } : { ...simulation, seen: past }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body)
  } catch {
    throw new EcsError({ type: 'SerializationException', message: 'The body is not JSON.' })
  }
}
