import type { FrontEndContext } from './load-balancer-front-end.ts'
import type { TargetChecks, TargetGroupRecord, TargetRecord } from './load-balancing-records.ts'
import { probeTarget } from './probe-target.ts'
import { isInUse } from './target-health.ts'

/** How often it looks which checks are due on the emulated clock. */
const LOOK_EVERY_MS = 50

/** Checks the health of targets that are really there, at their groups' intervals, as load balancers do. */
export class TargetProber {
  readonly #context: FrontEndContext
  readonly #busy = new Set<TargetChecks>()
  readonly #timer: NodeJS.Timeout

  constructor(context: FrontEndContext) {
    this.#context = context
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { world, now } = this.#context.simulation()
    for (const group of Object.values(world.targetGroups)) {
      if (!isInUse(world, group.arn)) continue
      for (const target of group.targets) {
        const { checks, drainingUntil } = target
        if (checks === undefined || drainingUntil !== undefined || this.#busy.has(checks)) continue
        const due = (checks.lastAt ?? target.registeredAt) + group.healthCheck.intervalSeconds * 1000
        if (now() >= due) void this.#check(group, target, checks)
      }
    }
  }

  async #check(group: TargetGroupRecord, target: TargetRecord, checks: TargetChecks): Promise<void> {
    this.#busy.add(checks)
    const passed = await probeTarget(target, group.healthCheck)
    this.#busy.delete(checks)
    const simulation = this.#context.simulation()
    checks.lastAt = simulation.now()
    const before = `${checks.proven} ${target.failing}`
    apply(group, target, checks, passed)
    if (before === `${checks.proven} ${target.failing}`) return
    const service = simulation.world.tasks[target.taskArn ?? '']?.serviceArn
    if (service !== undefined) simulation.wake({ at: simulation.now(), kind: 'service', arn: service })
    this.#context.changed()
  }
}

/** One passed check makes a new target healthy; after that it takes as many in a row as the group says (documented). */
function apply({ healthCheck }: TargetGroupRecord, target: TargetRecord, checks: TargetChecks, passed: boolean): void {
  checks.passed = passed ? checks.passed + 1 : 0
  checks.failed = passed ? 0 : checks.failed + 1
  if (passed && !target.failing) checks.proven = true
  if (checks.failed >= healthCheck.unhealthyThreshold) target.failing = true
  if (!target.failing || checks.passed < healthCheck.healthyThreshold) return
  target.failing = false
  checks.proven = true
}
