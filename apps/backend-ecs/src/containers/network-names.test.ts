import { setImmediate as turn } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createBackgroundWork } from '../background-work.ts'
import type { ContainerRecord } from '../store/records.ts'
import { openStateStore } from '../store/state-store.ts'
import { createNetworkNames } from './network-names.ts'

const running: ContainerRecord = {
  id: 'a',
  name: 'web',
  createdAt: '2026-11-26T10:00:00Z',
  config: {},
  imageId: '',
  taskDefinitionArn: '',
  runs: 1,
  restartCount: 0,
  taskArn: 'first',
  hasNames: true,
  networks: [{ networkId: 'n', aliases: [] }],
  mounts: [],
  autoRemove: false,
  state: { status: 'running', exitCode: 0, oomKilled: false, error: '' },
}
const ended: ContainerRecord = { ...running, state: { ...running.state, status: 'exited' } }

function open(record: ContainerRecord, fails: (call: string) => boolean = () => false) {
  const store = openStateStore(':memory:')
  onTestFinished(() => store.close())
  store.containers.insert(record)
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const background = createBackgroundWork(pino({ level: 'silent' }), closing.signal)
  const calls: string[] = []
  const call =
    (kind: string) =>
    async ({ taskArn }: ContainerRecord) => {
      calls.push(`${kind} ${taskArn}`)
      if (fails(kind)) throw new Error('Cloud Map is away')
    }
  const names = createNetworkNames({ networks: { join: call('join'), leave: call('leave') }, store, background })
  return { store, names, calls, background }
}

test('a run is known when it is joined, and no more when it has ended', async () => {
  const { store, names, calls, background } = open(running)
  names.join(running)
  await names.joined('a')
  expect(calls).toEqual(['join first'])
  store.containers.replace(ended)
  names.leave(ended)
  await background.settle()
  expect(calls).toEqual(['join first', 'leave first'])
  expect(store.containers.get('a')?.hasNames).toBeUndefined()
})

test('the end of a run takes nothing away from the next one', async () => {
  const { names, calls, background } = open({ ...running, taskArn: 'second' })
  names.leave(running)
  // Nor does what was to be said of the first come through any more.
  names.join(running)
  await background.settle()
  expect(calls).toEqual([])
})

test('whoever starts a container hears that nobody finds it', async () => {
  const { names } = open(running, (call) => call === 'join')
  names.join(running)
  await expect(names.joined('a')).rejects.toThrow('Cloud Map is away')
})

test('what could not be taken away stays noted', async () => {
  const { store, names, calls } = open(ended, (call) => call === 'leave')
  names.leave(ended)
  await turn()
  expect(calls).toEqual(['leave first'])
  expect(store.containers.get('a')?.hasNames).toBe(true)
})
