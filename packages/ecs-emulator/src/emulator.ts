import type { EmulatorClock } from './clock.ts'
import { Faults } from './faults.ts'
import { LaggedReads } from './lagged-reads.ts'
import { createSilentFrontEnd, type FrontEndContext, type LoadBalancerFrontEnd } from './load-balancer-front-end.ts'
import type { Quirks } from './quirks.ts'
import { createImageRegistry, type ImageRegistry } from './registry/image-registry.ts'
import { stepService } from './service-scheduler.ts'
import { SessionTickets } from './sessions/session-tickets.ts'
import { createSimulatedRuntime } from './simulated-runtime.ts'
import { type Account, createSimulation, type RunningSimulation } from './simulation.ts'
import { TaskScripts } from './task-behaviour.ts'
import { reportTask, stepTask } from './task-lifecycle.ts'
import type { RuntimeContext, TaskRuntime } from './task-runtime.ts'
import { ThrottleBuckets } from './throttle-buckets.ts'
import { createWorld, type World } from './world.ts'

/** The emulated account with everything that can be done to it from outside. */
export interface Emulator {
  readonly account: Account
  readonly clock: EmulatorClock
  readonly scripts: TaskScripts
  readonly faults: Faults
  readonly buckets: ThrottleBuckets
  readonly lag: LaggedReads
  readonly frontEnd: LoadBalancerFrontEnd
  readonly tickets: SessionTickets
  readonly registry: ImageRegistry
  quirks: Quirks
  /** Calls so far by operation, refused ones included. */
  readonly calls: Map<string, number>
  readonly throttled: Map<string, number>
  /** Brings the simulation up to the clock's time and gives it. */
  simulation(): RunningSimulation
  readonly runtime: TaskRuntime
  /** Lets happen what is due although nobody looks; saves it. */
  step(): void
  /** To be called after every write: saves the state where one is kept. */
  changed(): void
  reset(): void
}

export interface EmulatorParts {
  readonly account: Account
  readonly clock: EmulatorClock
  readonly world: World
  readonly onChange: (world: World) => void
  /** Where the emulator listens, once it does. */
  readonly url: () => string
  /** OCI image layouts that the emulated ECR serves. */
  readonly imageFolder?: string | undefined
  /** Default: the simulated one. */
  readonly createRuntime?: (context: RuntimeContext) => TaskRuntime
  /** Default: load balancers that nothing can connect to. */
  readonly createFrontEnd?: (context: FrontEndContext) => LoadBalancerFrontEnd
}

export function createEmulator(parts: EmulatorParts): Emulator {
  const { account, clock, world, onChange, url, createRuntime, createFrontEnd } = parts
  const scripts = new TaskScripts()
  const registry = createImageRegistry({
    folder: parts.imageFolder,
    url,
    ecrHost: `${account.id}.dkr.ecr.${account.region}.amazonaws.com`,
  })
  const tickets = new SessionTickets({ url, now: () => performance.now() })
  const simulated = createSimulatedRuntime({
    hasHealthCheck: ({ taskDefinition }) =>
      (simulation.world.taskDefinitions[taskDefinition]?.definition.containerDefinitions ?? []).some(
        ({ healthCheck }) => healthCheck !== undefined,
      ),
  })
  const runtime =
    createRuntime?.({
      account,
      world: () => simulation.world,
      now: () => clock.now(),
      report: (arn, report) => {
        emulator.simulation().report(arn, report)
        emulator.simulation()
        changedUnseen()
      },
      simulated,
      registry,
    }) ?? simulated
  const frontEnd =
    createFrontEnd?.({ simulation: () => emulator.simulation(), changed: () => changedUnseen() }) ??
    createSilentFrontEnd(account)
  const build = (content: World): RunningSimulation =>
    createSimulation({
      account,
      world: content,
      scripts,
      quirks: () => emulator.quirks,
      probesTargets: frontEnd.probes,
      issueSession: (start) => tickets.issue(start),
      steps: { stepTask, stepService, reportTask },
      startAt: clock.now(),
      runtime,
    })
  let simulation = build(world)
  const faults = new Faults()
  const buckets = new ThrottleBuckets(clock)
  const [calls, throttled] = [new Map<string, number>(), new Map<string, number>()]
  const lag = new LaggedReads()
  const changed = (): void => {
    lag.keep(simulation.world, simulation.now())
    frontEnd.follow(simulation.world)
    onChange(simulation.world)
  }
  /** Nobody waits for an answer: that the state cannot be saved is said to the next who does, or on close. */
  const changedUnseen = (): void => {
    try {
      changed()
    } catch {
      // See above.
    }
  }
  const emulator: Emulator = {
    account,
    clock,
    scripts,
    faults,
    buckets,
    lag,
    frontEnd,
    tickets,
    registry,
    quirks: {},
    calls,
    throttled,
    simulation: () => {
      bringUpTo(clock.now(), simulation, lag)
      return simulation
    },
    runtime,
    step: () => {
      const next = simulation.nextAt()
      if (next === undefined || next > clock.now()) return
      emulator.simulation()
      changedUnseen()
    },
    changed,
    reset: () => {
      runtime.clear?.()
      simulation = build(createWorld())
      for (const part of [scripts, faults, buckets, lag, calls, throttled, tickets]) part.clear()
      emulator.quirks = {}
      changed()
    },
  }
  return emulator
}

/** Who reads with a lag must find every state from that time on. */
function bringUpTo(now: number, simulation: RunningSimulation, lag: LaggedReads): void {
  if (lag.milliseconds > 0) {
    const keep = (): void => lag.keep(simulation.world, simulation.now())
    simulation.advanceTo(now - lag.milliseconds)
    keep()
    for (let next = simulation.nextAt(); next !== undefined && next <= now; next = simulation.nextAt()) {
      simulation.advanceTo(next)
      keep()
    }
  }
  simulation.advanceTo(now)
}
