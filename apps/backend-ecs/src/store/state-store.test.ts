import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { VolumeRecord } from './records.ts'
import { openStateStore } from './state-store.ts'

const volume = (name: string): VolumeRecord => ({
  name,
  createdAt: '',
  labels: {},
  options: {},
  fileSystemId: 'fs-1',
  path: '/',
})

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'backend-ecs-store-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

test('records are inserted once, found, replaced, listed in order and deleted', () => {
  const { volumes, close } = openStateStore(':memory:')
  expect([volumes.insert(volume('b')), volumes.insert(volume('a')), volumes.insert(volume('b'))]).toEqual([
    true,
    true,
    false,
  ])
  expect(volumes.get('a')).toEqual(volume('a'))
  expect(volumes.byKeyPrefix('a')).toHaveLength(1)
  expect(volumes.list().map(({ name }) => name)).toEqual(['b', 'a'])
  expect(volumes.update('a', (found) => ({ ...found, path: '/x' }))).toMatchObject({ path: '/x' })
  expect(volumes.update('c', (found) => found)).toBeUndefined()
  expect([volumes.replace(volume('c')), volumes.delete('a'), volumes.delete('a')]).toEqual([false, true, false])
  expect(volumes.get('a')).toBeUndefined()
  close()
})

test('a transaction that throws leaves nothing', () => {
  const { volumes, transaction, close } = openStateStore(':memory:')
  expect(() =>
    transaction(() => {
      volumes.insert(volume('a'))
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(volumes.list()).toEqual([])
  close()
})

test('what was written survives kill -9', async () => {
  const dataDir = await folder()
  const script = `
    import { writeSync } from 'node:fs'
    import { openStateStore } from ${JSON.stringify(new URL('./state-store.ts', import.meta.url).href)}
    const { volumes } = openStateStore(${JSON.stringify(dataDir)})
    for (let count = 0; ; count += 1) {
      volumes.insert({ name: 'v' + count, createdAt: '', labels: {}, options: {}, fileSystemId: '', path: '' })
      writeSync(1, count + '\\n')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--conditions=@landlord/source', '--eval', script])
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
    if (output.split('\n').length > 200) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const told = output.split('\n').length - 1
  const store = openStateStore(dataDir)
  onTestFinished(() => store.close())
  expect(told).toBeGreaterThanOrEqual(200)
  expect(store.volumes.list().length).toBeGreaterThanOrEqual(told)
})

test('a file that another backend has is refused, with what to do', async () => {
  const dataDir = await folder()
  const store = openStateStore(dataDir)
  onTestFinished(() => store.close())
  expect(() => openStateStore(dataDir)).toThrow(
    /another backend uses it; stop that one, or give this one another --data-dir/,
  )
  expect(() => openStateStore('/dev/null/nothing')).toThrow(/give a folder that this user may write to/)
})
