import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLogger } from '@landlord/compute-core'
import { expect, it, onTestFinished } from 'vitest'
import { createMockProvider } from './mock-provider.ts'
import { createMockWorld } from './mock-world.ts'

const script = fileURLToPath(new URL('./__fixtures__/die-while-provisioning.ts', import.meta.url))

it.each([
  ['provision.started', []],
  ['provision.network_created', ['network']],
  ['provision.service_created', ['network', 'service']],
])('a process killed at %s leaves what it made, and the next one ends with one of each', async (point, left) => {
  const folder = mkdtempSync(join(tmpdir(), 'mock-crash-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'world.db')
  const child = spawn(process.execPath, ['--conditions=@landlord/source', script, file, 'acme', point], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGKILL')

  const world = createMockWorld({ file })
  onTestFinished(() => world.close())
  expect(world.resources().map(({ kind }) => kind)).toEqual(left)

  // The same configuration names the crash point still: the world remembers that it has been there.
  const wanted = {
    tenantId: 'acme',
    providerType: 'mock',
    containers: [],
    providerConfig: { mock: { crash_points: [point] } },
  }
  const options = { signal: new AbortController().signal, logger: silentLogger, operationId: 'one', generation: 1 }
  const onCrashPoint = () => {
    throw new Error('it died twice')
  }
  await createMockProvider({ installation: 'test', world, onCrashPoint }).provision(wanted, options)
  expect(world.calls('acme')).toEqual({ provision: 2, 'network.create': 1, 'service.create': 1 })
  world.assertNoneDoubled()
})
