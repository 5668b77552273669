import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { ContainerRecord } from '../store/records.ts'
import { openStateStore } from '../store/state-store.ts'
import { createExecOperations } from './exec-operations.ts'

const CONTAINER = { id: 'c', name: 'web', config: {}, state: { status: 'running' } } as unknown as ContainerRecord

test('commands end with the process that ran them, and are forgotten some minutes later', () => {
  const store = openStateStore(':memory:')
  onTestFinished(() => store.close())
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') }
  const open = () =>
    createExecOperations({
      store,
      now: () => new Date(clock.now),
      containers: { find: () => CONTAINER },
      logger: pino({ level: 'silent' }),
      closing: new AbortController().signal,
    } as never)
  const create = () => open().create('web', { Cmd: ['true'] }).id
  const [running, waiting] = [create(), create()]
  store.execs.update(running, (exec) => ({ ...exec, running: true, started: true }))
  expect(open().find(running)).toMatchObject({ running: false, exitCode: 137 })
  expect(open().find(waiting)).toMatchObject({ started: false, exitCode: null })

  clock.now += 299_000
  create()
  expect(open().find(running)).toBeDefined()
  clock.now += 2_000
  create()
  expect(() => open().find(running)).toThrow('No such exec instance')
  expect(open().find(waiting)).toBeDefined()
})
