import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS } from './__fixtures__/start-account.ts'
import { startEcsEmulator } from './index.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ecs-emulator-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

it.each([
  ['', 'is empty or no JSON'],
  ['{"format":1,"savedAt":0,"world":{', 'is empty or no JSON'],
  ['[]', 'must be a state file of format 1, but has format undefined'],
  ['null', 'must be a state file of format 1, but has format undefined'],
  ['{"format":2}', 'must be a state file of format 1, but has format 2'],
])('names a file that holds something else: %s', async (content, problem) => {
  const stateFile = join(await folder(), 'state.json')
  await writeFile(stateFile, content)
  await expect(startEcsEmulator({ stateFile })).rejects.toThrow(`${stateFile} ${problem}`)
  expect(await readFile(stateFile, 'utf8')).toBe(content)
})

it('says at once when the file cannot be written', async () => {
  const path = await folder()
  const stateFile = join(path, 'missing', 'state.json')
  await expect(startEcsEmulator({ stateFile })).rejects.toThrow(`The state file ${stateFile} cannot be written: ENOENT`)
  await expect(startEcsEmulator({ stateFile: path })).rejects.toThrow(`The state file ${path} cannot be read: EISDIR`)
})

it('goes on when the file can no longer be written, and says so', async () => {
  const path = await folder()
  const stateFile = join(path, 'state.json')
  const emulator = await startEcsEmulator({ stateFile })
  const settings = { endpoint: emulator.url, region: emulator.region, credentials: CREDENTIALS, maxAttempts: 1 }
  const ecs = new ECSClient(settings)
  onTestFinished(() => ecs.destroy())
  await rm(path, { recursive: true })
  const create = new CreateClusterCommand({ clusterName: 'unsaved' })
  await expect(ecs.send(create)).rejects.toThrow(`The state file ${stateFile} cannot be written`)
  await expect(emulator.close()).rejects.toThrow(`The state file ${stateFile} cannot be written`)
  await expect(fetch(emulator.url)).rejects.toThrow()
})
