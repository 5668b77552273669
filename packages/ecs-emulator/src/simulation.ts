import { Agenda, type AgendaEntry } from './agenda.ts'
import type { Quirks } from './quirks.ts'
import type { SessionTicket } from './sessions/session-tickets.ts'
import type { StartCommand } from './sessions/terminal-process.ts'
import type { TaskScripts } from './task-behaviour.ts'
import type { TaskRuntime } from './task-runtime.ts'
import type { TaskReport, World } from './world.ts'

export interface Account {
  readonly id: string
  readonly region: string
}

/** What the moving parts share. `now` is the time of the event at hand, which may lie before the clock's. */
export interface Simulation {
  readonly account: Account
  readonly world: World
  readonly runtime: TaskRuntime
  readonly scripts: TaskScripts
  readonly quirks: () => Quirks
  /** Whether load balancers really connect to their targets to find out whether they are healthy. */
  readonly probesTargets: boolean
  /** Promises a session of Session Manager with that command. */
  readonly issueSession: (start: StartCommand) => SessionTicket
  /** What the caller of a write can see where reads lag behind: a service that is not in it is not found. */
  readonly seen?: World
  readonly now: () => number
  readonly wake: (entry: AgendaEntry) => void
}

interface Steps {
  readonly stepTask: (simulation: Simulation, arn: string) => void
  readonly stepService: (simulation: Simulation, arn: string) => void
  readonly reportTask: (simulation: Simulation, arn: string, report: TaskReport) => void
}

export interface RunningSimulation extends Simulation {
  /** Lets everything happen that is due by then, in order, each at its own time. */
  readonly advanceTo: (time: number) => void
  /** Something has happened to a task just now. An unknown task is left alone. */
  readonly report: (arn: string, report: TaskReport) => void
  /** When something is due next. */
  readonly nextAt: () => number | undefined
}

export interface SimulationParts {
  readonly account: Account
  readonly world: World
  readonly runtime: TaskRuntime
  readonly scripts: TaskScripts
  readonly quirks: () => Quirks
  readonly probesTargets: boolean
  readonly issueSession: (start: StartCommand) => SessionTicket
  readonly steps: Steps
  readonly startAt: number
}

/** Time is driven by whoever looks: no timer runs, so an idle emulator costs nothing and a manual clock is exact. */
export function createSimulation({ steps, startAt, ...parts }: SimulationParts): RunningSimulation {
  const agenda = new Agenda()
  let now = startAt
  const simulation: RunningSimulation = {
    ...parts,
    now: () => now,
    wake: (entry) => agenda.add(entry),
    advanceTo: (time) => {
      for (let entry = agenda.takeDue(time); entry !== undefined; entry = agenda.takeDue(time)) {
        now = Math.max(now, entry.at)
        if (entry.kind === 'task') steps.stepTask(simulation, entry.arn)
        else steps.stepService(simulation, entry.arn)
      }
      now = Math.max(now, time)
    },
    report: (arn, report) => steps.reportTask(simulation, arn, report),
    nextAt: () => agenda.nextAt(),
  }
  for (const task of Object.values(parts.world.tasks)) {
    const next = Math.min(task.pending[0]?.at ?? startAt, task.drainingUntil ?? Number.POSITIVE_INFINITY)
    simulation.wake({ at: next, kind: 'task', arn: task.arn })
  }
  for (const service of Object.values(parts.world.services)) {
    simulation.wake({ at: startAt, kind: 'service', arn: service.arn })
  }
  return simulation
}
