import type { EmulatorClock } from './clock.ts'
import { Faults } from './faults.ts'
import { stepService } from './service-scheduler.ts'
import { createSimulatedRuntime } from './simulated-runtime.ts'
import { type Account, createSimulation, type RunningSimulation } from './simulation.ts'
import { TaskScripts } from './task-behaviour.ts'
import { stepTask } from './task-lifecycle.ts'
import { ThrottleBuckets } from './throttle-buckets.ts'
import { createWorld, type World } from './world.ts'

/** The emulated account with everything that can be done to it from outside. */
export interface Emulator {
  readonly account: Account
  readonly clock: EmulatorClock
  readonly scripts: TaskScripts
  readonly faults: Faults
  readonly buckets: ThrottleBuckets
  /** Calls so far by operation, refused ones included. */
  readonly calls: Map<string, number>
  readonly throttled: Map<string, number>
  /** Brings the simulation up to the clock's time and gives it. */
  simulation(): RunningSimulation
  /** To be called after every write: saves the state where one is kept. */
  changed(): void
  reset(): void
}

export interface EmulatorParts {
  readonly account: Account
  readonly clock: EmulatorClock
  readonly world: World
  readonly onChange: (world: World) => void
}

export function createEmulator({ account, clock, world, onChange }: EmulatorParts): Emulator {
  const scripts = new TaskScripts()
  const build = (content: World): RunningSimulation =>
    createSimulation({
      account,
      world: content,
      scripts,
      steps: { stepTask, stepService },
      startAt: clock.now(),
      runtime: createSimulatedRuntime({
        hasHealthCheck: ({ taskDefinition }) =>
          (content.taskDefinitions[taskDefinition]?.definition.containerDefinitions ?? []).some(
            ({ healthCheck }) => healthCheck !== undefined,
          ),
      }),
    })
  let simulation = build(world)
  const faults = new Faults()
  const buckets = new ThrottleBuckets(clock)
  const [calls, throttled] = [new Map<string, number>(), new Map<string, number>()]
  const changed = (): void => onChange(simulation.world)
  return {
    account,
    clock,
    scripts,
    faults,
    buckets,
    calls,
    throttled,
    simulation: () => {
      simulation.advanceTo(clock.now())
      return simulation
    },
    changed,
    reset: () => {
      simulation = build(createWorld())
      for (const part of [scripts, faults, buckets, calls, throttled]) part.clear()
      changed()
    },
  }
}
