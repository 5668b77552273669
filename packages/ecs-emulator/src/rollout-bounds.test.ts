import { DescribeTasksCommand, ListTasksCommand, type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { startAccount, type TestAccount } from './__fixtures__/start-account.ts'

const SEED = 20_261_120
const ROLLOUTS = 16
const STEP_SECONDS = 3

/** Mulberry32: numbers from 0 to 1 that are the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const random = createRandom(SEED)
const from = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1))

/** Every task that holds a place: also those that are still stopping. */
async function liveTasks({ ecs }: TestAccount): Promise<Task[]> {
  const arns: string[] = []
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    const listed = await ecs.send(new ListTasksCommand({ cluster: 'fleet', serviceName: 'shop', desiredStatus }))
    arns.push(...(listed.taskArns ?? []))
  }
  const tasks: Task[] = []
  for (let start = 0; start < arns.length; start += 100) {
    const slice = arns.slice(start, start + 100)
    tasks.push(...((await ecs.send(new DescribeTasksCommand({ cluster: 'fleet', tasks: slice }))).tasks ?? []))
  }
  return tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED')
}

it('stays between the minimum and the maximum in every rollout', async () => {
  const account = await startAccount()
  const { create, pass, ecs, service, register, emulator } = account
  const desiredCount = 7
  await create({ desiredCount })
  pass(40)
  for (let rollout = 2; rollout < ROLLOUTS + 2; rollout += 1) {
    const minimumHealthyPercent = from(0, 100)
    const maximumPercent = from(minimumHealthyPercent === 100 ? 115 : 100, 250)
    const atLeast = Math.ceil((desiredCount * minimumHealthyPercent) / 100)
    const atMost = Math.floor((desiredCount * maximumPercent) / 100)
    await register()
    const taskDefinition = `web:${rollout}`
    emulator.control.scriptTasks({ taskDefinition, behaviour: { kind: 'run', startSeconds: from(11, 60) }, times: 4 })
    const deploymentConfiguration = { minimumHealthyPercent, maximumPercent }
    await ecs.send(
      new UpdateServiceCommand({ cluster: 'fleet', service: 'shop', taskDefinition, deploymentConfiguration }),
    )
    const room = `minimum ${minimumHealthyPercent} %, maximum ${maximumPercent} %`
    let rolloutState: string | undefined
    for (let step = 0; step < 400 && rolloutState !== 'COMPLETED'; step += 1) {
      pass(STEP_SECONDS)
      const live = await liveTasks(account)
      const running = live.filter(
        ({ lastStatus, desiredStatus }) => lastStatus === 'RUNNING' && desiredStatus === 'RUNNING',
      )
      expect(live.length, room).toBeLessThanOrEqual(atMost)
      expect(running.length, room).toBeGreaterThanOrEqual(atLeast)
      rolloutState = (await service()).deployments?.[0]?.rolloutState
    }
    // Where neither a task can be stopped nor one started, the rollout stands still, and the next one goes on from there.
    const canMove = atLeast < desiredCount || atMost > desiredCount
    expect(rolloutState, room).toBe(canMove ? 'COMPLETED' : 'IN_PROGRESS')
    // What still stops would count against the next rollout's maximum.
    pass(60)
  }
})
