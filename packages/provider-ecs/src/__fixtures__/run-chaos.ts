import type { JsonObject } from '@landlord/compute-core'
import type { Fault } from '@landlord/ecs-emulator'
import { type ChaosAccount, FOREIGN_NAME, openChaosAccount, type TrueService } from './chaos-account.ts'
import { type ChaosWorker, createChaosWorker, type Wish } from './chaos-worker.ts'
import { findDeviations } from './find-deviations.ts'
import { mulberry32 } from './random-config.ts'

const TENANTS = ['ann', 'bob', 'cy']
const HASTY = 'cy'
/** Comes under a name that is taken, and goes again. */
const SQUATTER = 'sam'
const EVENTS = 30
const LONGEST_PAUSE_MS = 45_000
/** Below the window for which the provider allows reads to lag. */
const LONGEST_LAG_S = 110
/** From the last fault to rest: a lag's window, a drained service, a roll-out, and the worker's longest delays. */
const TIME_TO_CONVERGE_MS = 20 * 60_000
const CRASHES = 0.15

interface Chaos {
  readonly account: ChaosAccount
  readonly workers: readonly ChaosWorker[]
  readonly random: Dice
  readonly foreign: string
  /** By tenant: the service that was seen last, and the operation that made it. */
  readonly made: Map<string, { readonly createdAt: number; readonly generation: number }>
}

interface Dice {
  chance(probability: number): boolean
  pick<Value>(values: readonly Value[]): Value
  upTo(limit: number): number
}

/** Lets a fleet live through an hour in which everything goes wrong, and then come to rest. Throws with its history. */
export async function runChaos(seed: number): Promise<void> {
  const account = await openChaosAccount()
  const now = () => account.clock.now()
  const { newProvider } = account
  const workers = [...TENANTS, SQUATTER].map((tenantId) => createChaosWorker({ tenantId, newProvider, now }))
  const chaos: Chaos = { account, workers, random: createDice(seed), foreign: foreignService(account), made: new Map() }
  try {
    for (const worker of workers) worker.ask(firstWish(chaos, worker.tenantId))
    const hasty = workers.find(({ tenantId }) => tenantId === HASTY)
    if (hasty !== undefined) await regret(chaos, hasty)
    for (let event = 0; event < EVENTS; event++) {
      await live(chaos, now() + chaos.random.upTo(LONGEST_PAUSE_MS), CRASHES)
      if (chaos.random.chance(0.5)) disturb(chaos)
      else await change(chaos)
    }
    await comeToRest(chaos)
  } finally {
    await Promise.all(workers.map((worker) => worker.close()))
    await account.close()
  }
}

async function comeToRest(chaos: Chaos): Promise<void> {
  const { account, workers } = chaos
  account.calm()
  account.fleet.emulator.control.setConsistencyLag({ seconds: 0 })
  for (const worker of workers) {
    const { wish, tenantId } = worker
    if (tenantId === SQUATTER) await until(chaos, worker)
    if (wish?.refused !== undefined) worker.ask({ ...wish, kind: 'delete' })
    if (wish?.mayFail === true && wish.kind === 'run') worker.ask(sound(chaos, wish))
  }
  for (const worker of workers) await until(chaos, worker)
  const found = findDeviations(workers, await account.upToDate())
  if (found.length > 0) throw broken(chaos, found.join('; '))
}

async function until(chaos: Chaos, worker: ChaosWorker): Promise<void> {
  const { clock } = chaos.account
  const limit = clock.now() + TIME_TO_CONVERGE_MS
  while (worker.dueAt !== undefined) {
    if (clock.now() >= limit) throw broken(chaos, `${worker.tenantId} does not come to rest`)
    await live(chaos, clock.now() + 15_000, 0)
  }
}

/** Runs what is due until then, one step at a time, so that a seed means the same every time. */
async function live(chaos: Chaos, until: number, crashes: number): Promise<void> {
  const { clock } = chaos.account
  for (;;) {
    const [next] = chaos.workers
      .filter(({ dueAt }) => dueAt !== undefined && dueAt <= until)
      .sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
    if (next === undefined) break
    clock.advance(Math.max(0, (next.dueAt ?? 0) - clock.now()))
    const dies = chaos.random.chance(crashes)
    await next.step(dies ? { afterAnswers: 1 + Math.floor(chaos.random.upTo(5)) } : undefined)
    assertSound(chaos, next)
  }
  clock.advance(Math.max(0, until - clock.now()))
}

function assertSound(chaos: Chaos, worker: ChaosWorker): void {
  const { tenantId, outcome, wish } = worker
  const services = chaos.account.services()
  const active = services.filter((service) => service.tenantId === tenantId && service.status === 'ACTIVE')
  if (active.length > 1) throw broken(chaos, `${tenantId} has ${active.map(({ arn }) => arn).join(' and ')}`)
  if (wish?.kind === 'delete' && outcome.kind === 'succeeded' && active.length > 0) {
    throw broken(chaos, `${tenantId} was called destroyed with ${active.map(({ arn }) => arn).join()} left behind`)
  }
  assertRepeatable(chaos, worker, active[0])
  if (foreignService(chaos.account) !== chaos.foreign) throw broken(chaos, 'the foreign service was touched')
  if (wish?.refused !== undefined && wish.kind === 'run' && outcome.kind === 'succeeded') {
    throw broken(chaos, `${tenantId} was not refused`)
  }
  if (outcome.kind !== 'failed' || wish?.mayFail === true || wish?.refused === outcome.code) return
  throw broken(chaos, `${tenantId} failed: ${outcome.code} ${outcome.message}`)
}

/** A creation that is repeated by its own operation is known by its token, however far reads lag behind. */
function assertRepeatable(chaos: Chaos, worker: ChaosWorker, service: TrueService | undefined): void {
  const { tenantId, generation, lastError = '' } = worker
  if (service === undefined) return
  const { createdAt } = service
  const known = chaos.made.get(tenantId)
  if (known?.createdAt !== createdAt) chaos.made.set(tenantId, { createdAt, generation })
  else if (known.generation === generation && lastError.includes('refuses the name')) {
    throw broken(chaos, `${tenantId} is refused its own service: ${lastError}`)
  }
}

function broken({ workers }: Chaos, what: string): Error {
  return new Error(`${what}\n${workers.map(({ tenantId, history }) => [tenantId, ...history].join('\n  ')).join('\n')}`)
}

function foreignService(account: ChaosAccount): string {
  const foreign = account.services().find(({ name }) => name === FOREIGN_NAME)
  if (foreign === undefined) return 'gone'
  const { status, desiredCount, settings, tags, deployments } = foreign
  return JSON.stringify({ status, desiredCount, settings, tags, deployments: deployments.map(({ id }) => id) })
}

function firstWish({ account }: Chaos, tenantId: string): Wish {
  const config: JsonObject = {
    cluster_arn: account.clusters[0],
    task_definition_arn: account.definitions.good[0],
    subnets: ['subnet-0a1b2c3d'],
    replace: 'allow',
    ...(tenantId === SQUATTER ? { service_name: FOREIGN_NAME } : { desired_count: 1 }),
  }
  return { kind: 'run', config, suspended: false, ...(tenantId === SQUATTER ? { refused: 'conflict' } : {}) }
}

/** Somebody asks for something else, in the middle of whatever goes on. */
async function change(chaos: Chaos): Promise<void> {
  const { random, account } = chaos
  const worker = random.pick(chaos.workers.filter(({ tenantId }) => tenantId !== SQUATTER))
  const { wish, outcome } = worker
  if (wish === undefined) return
  if (wish.kind === 'delete') {
    // A tenant is not made anew before it is gone.
    if (outcome.kind !== 'succeeded') return
    worker.ask({ ...wish, kind: 'run' })
    if (random.chance(0.5)) await regret(chaos, worker)
    return
  }
  const { restartToken: _, ...rest } = wish
  const isAtRest = outcome.kind === 'succeeded' && wish.mayFail !== true
  const { config } = wish
  const other = (more: JsonObject): Wish => ({ ...wish, config: { ...config, ...more } })
  const wishes: (() => Wish)[] = [
    () => ({ ...wish, kind: 'delete' }),
    () => ({ ...wish, suspended: !wish.suspended }),
    () => ({ ...rest, restartToken: `token-${account.clock.now()}` }),
    () => other({ tags: { plan: random.pick(['gold', 'silver']) } }),
    () => other({ desired_count: random.pick([1, 2, 3]) }),
    () => other({ security_groups: random.pick([['sg-1'], ['sg-2']]) }),
    () => definition(other({ task_definition_arn: random.pick(account.definitions.good) }), false),
    () => definition(other({ task_definition_arn: account.definitions.bad }), true),
  ]
  // Where an operation under way was going is known to the server only when it was told so.
  if (isAtRest) {
    wishes.push(
      () => other({ cluster_arn: random.pick(account.clusters) }),
      () => other({ service_name: `${worker.tenantId}-${random.pick(['a', 'b'])}` }),
    )
  } else if (!worker.isReported) {
    return
  }
  worker.ask(random.pick(wishes)())
}

/** A creation that got through although nobody heard of it, and is not wanted any more before reads show it. */
async function regret(chaos: Chaos, worker: ChaosWorker): Promise<void> {
  const { account } = chaos
  account.calm()
  account.fleet.emulator.control.setConsistencyLag({ seconds: LONGEST_LAG_S })
  account.inject({ operation: 'CreateService', fault: { kind: 'lost_reply' }, times: 4 })
  await live(chaos, account.clock.now(), 0)
  if (worker.wish !== undefined) worker.ask({ ...worker.wish, kind: 'delete' })
}

function definition(wish: Wish, mayFail: boolean): Wish {
  return { ...wish, mayFail }
}

function sound({ account }: Chaos, wish: Wish): Wish {
  const config = { ...wish.config, task_definition_arn: account.definitions.good[0] }
  return definition({ ...wish, config }, false)
}

const WRITES = ['CreateService', 'UpdateService', 'DeleteService', 'TagResource', 'UntagResource']

function disturb({ account, random }: Chaos): void {
  // What was not used up is over: a stale read must not come later than reads can lag.
  account.calm()
  const times = random.pick([1, 1, 2, 3])
  const anywhere = random.pick([...WRITES, 'DescribeServices', '*'])
  const faults: (Fault | { readonly lag: number })[] = [
    ...WRITES.map((operation) => ({ operation, fault: { kind: 'lost_reply' as const }, times })),
    { operation: anywhere, fault: { kind: 'reset' }, times },
    { operation: anywhere, fault: { kind: 'error', type: 'ServerException', message: 'oops', status: 500 }, times },
    { operation: anywhere, fault: { kind: 'error', type: 'ThrottlingException', message: 'Rate exceeded' }, times },
    { operation: 'DescribeServices', fault: { kind: 'stale' }, times },
    ...[0, 5, 30, LONGEST_LAG_S].map((lag) => ({ lag })),
  ]
  const fault = random.pick(faults)
  if ('lag' in fault) account.fleet.emulator.control.setConsistencyLag({ seconds: fault.lag })
  else account.inject(fault)
}

function createDice(seed: number): Dice {
  const random = mulberry32(seed)
  return {
    chance: (probability) => random() < probability,
    pick: (values) => values[Math.floor(random() * values.length)] as (typeof values)[number],
    upTo: (limit) => random() * limit,
  }
}
