import { expect, test } from 'vitest'
import { startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'

const sum = (calls: Readonly<Record<string, number>>): number =>
  Object.values(calls).reduce((all, some) => all + some, 0)

test('docker ps of 200 containers is at most three calls of AWS, and waiters make none of their own', async () => {
  const { create, dockerode, emulator, tasks } = await startSimulatedBackend()
  const containers = await Promise.all(Array.from({ length: 200 }, () => create()))
  emulator.control.resetCounters()
  await Promise.all(containers.map((container) => container.start()))
  expect(await tasks()).toHaveLength(100)
  const { RunTask, DescribeTasks = 0 } = emulator.control.counters().calls
  expect(RunTask).toBe(200)
  // A start takes a few looks, which all of them share.
  expect(DescribeTasks).toBeLessThan(100)

  const waits = containers.slice(0, 50).map((container) => container.wait())
  await dockerode.listContainers()
  emulator.control.resetCounters()
  const all = await dockerode.listContainers({ all: true })
  expect(all).toHaveLength(200)
  expect(all.every(({ State }) => State === 'running')).toBe(true)
  expect(sum(emulator.control.counters().calls)).toBeLessThanOrEqual(3)

  await Promise.all(containers.map((container) => container.remove({ force: true })))
  expect(new Set((await Promise.all(waits)).map(({ StatusCode }) => StatusCode))).toEqual(new Set([137]))
  expect(await tasks()).toEqual([])
})

test('a fleet of more than one page is found again without the state file', async () => {
  const { create, dockerode, restart } = await startSimulatedBackend()
  const containers = await Promise.all(Array.from({ length: 130 }, () => create()))
  await Promise.all(containers.map((container) => container.start()))
  await restart({ forget: true })
  const found = await dockerode.listContainers({ all: true })
  expect(new Set(found.map(({ Id }) => Id))).toEqual(new Set(containers.map(({ id }) => id)))
  await Promise.all(containers.map((container) => container.remove({ force: true })))
})

test('equal containers share one task definition, which concurrent creates register once', async () => {
  const { create, emulator } = await startSimulatedBackend()
  await Promise.all(Array.from({ length: 20 }, () => create({ Cmd: ['true'] })))
  expect(emulator.control.counters().calls.RegisterTaskDefinition).toBe(1)
})

test('a fleet starts under the request rates of AWS', async () => {
  const { create, emulator, tasks } = await startSimulatedBackend()
  const containers = await Promise.all(Array.from({ length: 30 }, () => create()))
  emulator.control.setThrottling(true)
  await Promise.all(containers.map((container) => container.start()))
  expect(await tasks()).toHaveLength(30)
})
