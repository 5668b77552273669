import type { Simulation } from './simulation.ts'
import type { SdkSchema } from './wire-schema.ts'

/** One ECS operation as the protocol calls it: JSON in, JSON out, both checked against the SDK's schemas. */
export interface Operation {
  readonly input: SdkSchema
  readonly output: SdkSchema
  readonly reads: boolean
  readonly run: (input: unknown, simulation: Simulation) => unknown
}

interface OperationSchema {
  readonly 4: SdkSchema
  readonly 5: SdkSchema
}

/** Binds a handler, which `readRequest` has made type-safe, to the SDK's schema of its operation. */
const bind =
  (reads: boolean) =>
  <Input, Output>(schema: OperationSchema, handler: (input: Input, simulation: Simulation) => Output): Operation => ({
    input: schema[4],
    output: schema[5],
    reads,
    run: (input, simulation) => handler(input as Input, simulation),
  })

/** An operation that changes nothing; stale reads apply to it. */
export const reading: ReturnType<typeof bind> = bind(true)
export const writing: ReturnType<typeof bind> = bind(false)
