import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { createEcsFleet, type EcsFleet, type EcsRun } from './ecs-fleet.ts'
import { floorSeconds } from './ecs-floor.ts'
import { type EmulatedAccount, openEmulatedAccount } from './emulated-account.ts'

const { values } = parseArgs({
  options: {
    // accounts x clusters in each x tenants in all
    layouts: { type: 'string', default: '1x1x5000,1x2x10000,2x1x10000' },
    speed: { type: 'string', default: '10' },
  },
})
const speed = Number(values.speed)

const table = new Table({
  head: [
    'accounts',
    'clusters',
    'tenants',
    'what',
    'time s',
    'floor s',
    'ratio',
    'calls',
    'per tenant',
    'throttled',
    'failed',
  ],
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  style: { head: [], border: [] },
  colAligns: ['right', 'right', 'right', 'left', ...Array.from({ length: 7 }, () => 'right' as const)],
})
// Documented: 20 ListTasks a second after a burst of 100; tasks are listed for one service at a time.
const LIST_BURST = 100
const LISTS_PER_SECOND = 20

for (const layout of values.layouts.split(',')) {
  const [accounts = 1, clusters = 1, tenants = 1] = layout.split('x').map(Number)
  await runLayout({ accounts, clusters, tenants })
}
console.log(
  `Fleets on the ECS emulator with AWS's request rates, its clock ${speed} times as fast; times are emulated.\n` +
    'Each account has request rates of its own. Floor: what those rates allow.\n',
)
console.log(table.toString())

interface Layout {
  readonly accounts: number
  /** In each account. */
  readonly clusters: number
  /** In all accounts together. */
  readonly tenants: number
}

async function runLayout(layout: Layout): Promise<void> {
  const opened: EmulatedAccount[] = []
  for (let count = 0; count < layout.accounts; count += 1) {
    opened.push(await openEmulatedAccount({ speed, clusters: layout.clusters }))
  }
  const fleets = opened.map(createEcsFleet)
  const perAccount = layout.tenants / layout.accounts
  try {
    const observeFloor = Math.max(0, perAccount - LIST_BURST) / LISTS_PER_SECOND
    row(
      layout,
      'provision to stable',
      floorSeconds(perAccount),
      await all(fleets, (fleet) => fleet.provision(perAccount)),
    )
    row(layout, 'observe each once', observeFloor, await all(fleets, (fleet) => fleet.observe()))
  } finally {
    for (const fleet of fleets) await fleet.close()
    for (const account of opened) account.close()
  }
}

/** The accounts at once; the slowest is what it took. */
async function all(fleets: readonly EcsFleet[], work: (fleet: EcsFleet) => Promise<EcsRun>): Promise<EcsRun[]> {
  return await Promise.all(fleets.map(work))
}

function row({ accounts, clusters, tenants }: Layout, what: string, floor: number, runs: readonly EcsRun[]): void {
  const seconds = Math.max(...runs.map((run) => run.seconds))
  const calls = sum(runs.flatMap((run) => Object.values(run.calls)))
  table.push([
    accounts,
    accounts * clusters,
    tenants,
    what,
    seconds.toFixed(0),
    floor.toFixed(0),
    floor === 0 ? '' : (seconds / floor).toFixed(2),
    calls,
    (calls / tenants).toFixed(2),
    sum(runs.map((run) => run.throttled)),
    sum(runs.map((run) => run.failures)),
  ])
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
