import { expect, test } from 'vitest'
import { openWait } from '../__fixtures__/open-wait.ts'
import { startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'

const exit = (exitCode: number, afterSeconds = 0) => ({ kind: 'exit', afterSeconds, exitCode }) as const

test('the header of an answer to wait comes at once, its body at the end', async () => {
  const { create, emulator, socketPath } = await startSimulatedBackend()
  emulator.control.scriptTasks({ behaviour: exit(3) })
  const container = await create()
  const { response, result } = await openWait(socketPath, container.id, 'next-exit')
  expect(response).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } })
  // Only now, as the docker command line does.
  await container.start()
  expect(await result).toEqual({ StatusCode: 3 })
})

test('every one of many waiters hears of the end that it waits for', async () => {
  const { create, socketPath } = await startSimulatedBackend()
  const container = await create()
  // It does not run, so that this is answered at once.
  expect(await container.wait()).toEqual({ StatusCode: 0 })
  await container.start()
  const open = (condition: string) =>
    Promise.all(Array.from({ length: 30 }, () => openWait(socketPath, container.id, condition)))
  const [notRunning, nextExit, removed] = await Promise.all(['not-running', 'next-exit', 'removed'].map(open))
  await container.kill()
  for (const { result } of [...(notRunning ?? []), ...(nextExit ?? [])]) expect(await result).toEqual({ StatusCode: 0 })
  const late = await openWait(socketPath, container.id, 'next-exit')
  await container.start()
  await container.remove({ force: true })
  for (const { result } of [...(removed ?? []), late]) expect(await result).toEqual({ StatusCode: 137 })
  await expect(container.wait()).rejects.toMatchObject({ statusCode: 404 })
  const other = await create()
  await expect(other.wait({ condition: 'sometimes' as never })).rejects.toMatchObject({ statusCode: 400 })
})

test('whoever waits again after a restart of the backend hears of the end', async () => {
  const { create, emulator, restart, socketPath } = await startSimulatedBackend()
  emulator.control.scriptTasks({ behaviour: exit(7, 120) })
  const container = await create()
  await container.start()
  const before = await openWait(socketPath, container.id, 'not-running')
  await restart()
  // What is said when the backend stops is not an exit code.
  expect((await before.result).Error?.Message).toBeDefined()
  expect(await container.wait()).toEqual({ StatusCode: 7 })
  await restart()
  expect(await container.wait()).toEqual({ StatusCode: 7 })
})

test('a container that was removed by itself tells its waiters how it ended', async () => {
  const { create, emulator, socketPath } = await startSimulatedBackend()
  emulator.control.scriptTasks({ behaviour: { ...exit(137), reason: 'OutOfMemoryError: Container killed' } })
  const container = await create({ HostConfig: { AutoRemove: true } })
  const { result } = await openWait(socketPath, container.id, 'removed')
  await container.start()
  // No error beside it: that is what the docker command line ends with 125 for.
  expect(await result).toEqual({ StatusCode: 137 })
})
