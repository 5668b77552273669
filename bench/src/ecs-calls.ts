import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { createEcsFleet, type EcsRun } from './ecs-fleet.ts'
import { CREATE_BURST, CREATES_PER_SECOND, floorSeconds, STABLE_AFTER_S } from './ecs-floor.ts'
import { openEmulatedAccount } from './emulated-account.ts'

const { values } = parseArgs({
  options: { fleets: { type: 'string', default: '1,100,1000' }, speed: { type: 'string', default: '5' } },
})
const speed = Number(values.speed)

const table = new Table({
  head: [
    'tenants',
    'creates',
    'describes',
    'polls',
    'other calls',
    'throttled',
    'failed',
    'time s',
    'floor s',
    'ratio',
  ],
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  style: { head: [], border: [] },
  colAligns: Array.from({ length: 10 }, () => 'right' as const),
})
for (const fleet of values.fleets.split(',').map(Number)) {
  const account = await openEmulatedAccount({ speed })
  const ecs = createEcsFleet(account)
  try {
    addRow(fleet, await ecs.provision(fleet))
  } finally {
    await ecs.close()
    account.close()
  }
}
console.log(
  `Provisioned to stable on the ECS emulator with AWS's request rates, its clock ${speed} times as fast; times are emulated.\n` +
    `Floor: creates at ${CREATES_PER_SECOND}/s after a burst of ${CREATE_BURST}, then ${STABLE_AFTER_S} s until the last is stable.\n`,
)
console.log(table.toString())

function addRow(fleet: number, { seconds, polls, failures, calls, throttled }: EcsRun): void {
  const { CreateService = 0, DescribeServices = 0, ...others } = calls
  const floor = floorSeconds(fleet)
  const other = Object.values(others).reduce((sum, count) => sum + count, 0)
  table.push([
    fleet,
    CreateService,
    DescribeServices,
    polls,
    other,
    throttled,
    failures,
    seconds.toFixed(0),
    floor.toFixed(0),
    (seconds / floor).toFixed(2),
  ])
}
