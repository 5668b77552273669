import type { Answer } from '../call-ecs.ts'
import { EcsError } from '../ecs-error.ts'
import type { Emulator } from '../emulator.ts'
import { CLOUD_MAP } from './cloud-map.ts'
import { CLOUDWATCH_LOGS } from './cloudwatch-logs.ts'
import { ECR } from './ecr.ts'
import type { JsonNeighbour } from './json-neighbour.ts'
import { RESET, underFault } from './under-fault.ts'

const NEIGHBOURS: readonly JsonNeighbour[] = [CLOUD_MAP, CLOUDWATCH_LOGS, ECR]

/** Carries out one call in JSON 1.1 that is not for ECS; what no neighbour knows is refused by name. */
export function callJsonNeighbour(emulator: Emulator, target: string, body: string): Answer {
  const dot = target.indexOf('.')
  const name = target.slice(dot + 1)
  // With its prefix: Cloud Map has a CreateService too.
  emulator.calls.set(target, (emulator.calls.get(target) ?? 0) + 1)
  try {
    const operations = NEIGHBOURS.find((neighbour) => neighbour.target === target.slice(0, dot))?.operations ?? {}
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
    if (operation === undefined) {
      throw new EcsError({ type: 'UnknownOperationException', message: `The operation ${target} is not emulated.` })
    }
    const result = underFault(emulator, target, {
      refuse: (fault) => new EcsError(fault),
      run() {
        const output = operation.run(parse(body), emulator)
        if (!operation.reads) emulator.changed()
        return output
      },
    })
    if (result === RESET) return { kind: 'reset' }
    return { kind: 'reply', status: 200, body: result ?? {} }
  } catch (error) {
    if (error instanceof EcsError) {
      return { kind: 'reply', status: error.status, body: { __type: error.type, message: error.message } }
    }
    const message = `The emulator failed: ${error instanceof Error ? error.message : String(error)}`
    return { kind: 'reply', status: 500, body: { __type: 'InternalFailure', message } }
  }
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Refused below like any other body that is no object.
  }
  throw new EcsError({ type: 'SerializationException', message: 'The body is no JSON object.' })
}
