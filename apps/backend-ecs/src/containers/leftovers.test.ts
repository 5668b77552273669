import { setImmediate as turn } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { openStateStore } from '../store/state-store.ts'
import { createLeftovers, type Leftover } from './leftovers.ts'

test('what a container left is deleted ten minutes later, also by a later process, until it has worked', async () => {
  const store = openStateStore(':memory:')
  onTestFinished(() => store.close())
  const clock = { now: 0 }
  const tried: string[] = []
  let isRefused = false
  const open = () => {
    const leftovers = createLeftovers(
      {
        store,
        now: () => new Date(clock.now),
        logger: pino({ level: 'silent' }),
        closing: new AbortController().signal,
      },
      async ({ name }: Leftover) => {
        tried.push(name)
        if (isRefused) throw new Error('not now')
      },
    )
    onTestFinished(() => leftovers.close())
    return leftovers
  }
  /** A process that looks once. */
  const sweep = async (): Promise<string[]> => {
    const leftovers = open()
    leftovers.start()
    await turn()
    leftovers.close()
    return tried.splice(0)
  }
  const first = open()
  first.add({ kind: 'log-stream', name: 'docker/container/1' })
  clock.now += 300_000
  first.add({ kind: 'task-definition', name: 'definition' })
  expect(await sweep()).toEqual([])
  // Another container has left the same, so that it is wanted now and then.
  clock.now += 299_999
  first.add({ kind: 'log-stream', name: 'docker/container/1' })
  clock.now += 1
  expect(await sweep()).toEqual([])
  clock.now += 300_000
  isRefused = true
  expect(await sweep()).toEqual(['definition'])
  isRefused = false
  expect(await sweep()).toEqual(['definition'])
  clock.now += 300_000
  expect(await sweep()).toEqual(['docker/container/1'])
  expect(await sweep()).toEqual([])
})
