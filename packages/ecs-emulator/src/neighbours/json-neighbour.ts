import type { Emulator } from '../emulator.ts'

/** A service beside ECS that speaks JSON 1.1 as ECS does. An operation refuses with an `EcsError`. */
export interface JsonNeighbour {
  /** What stands before the dot of `x-amz-target`: `Logs_20140328`. */
  readonly target: string
  /** What is not listed is refused by name. The input is an object, unchecked. */
  readonly operations: Readonly<Record<string, JsonOperation>>
}

export interface JsonOperation {
  readonly reads: boolean
  readonly run: (input: Readonly<Record<string, unknown>>, emulator: Emulator) => unknown
}
