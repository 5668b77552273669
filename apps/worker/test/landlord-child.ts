// A worker, an engine, or both in a process of their own, for tests that kill it. Prints a line of JSON when it is up.

import { createMockWorld } from '@landlord/provider-mock'
import type { LandlordSettings } from '@landlord/settings'
import { pino } from 'pino'
import type { Tie } from '../src/embedded/spawn-tied.ts'
import { startEmbeddedRestate, startWorker } from '../src/index.ts'
import { mockRegistry } from './test-system.ts'

type Role =
  | { readonly role: 'worker'; readonly settings: LandlordSettings; readonly world: string }
  | { readonly role: 'engine'; readonly baseDir: string; readonly tie?: Tie }

const task = JSON.parse(process.argv[2] ?? '{}') as Role
// A test that failed half way leaves no process behind.
process.stdin.on('end', () => process.exit()).resume()

const logger = pino({ level: 'warn' }, pino.destination(2))

if (task.role === 'worker') {
  const world = createMockWorld({ file: task.world })
  const worker = await startWorker(task.settings, { logger, buildRegistry: mockRegistry(world) })
  process.on('SIGTERM', () => void worker.close().then(() => process.exit(0)))
  process.stdout.write(`${JSON.stringify({ url: worker.url })}\n`)
} else {
  const { baseDir, tie } = task
  const engine = await startEmbeddedRestate({ baseDir, logger, ...(tie === undefined ? {} : { tie }) })
  process.on('SIGTERM', () => void engine.close().then(() => process.exit(0)))
  process.stdout.write(`${JSON.stringify({ pid: engine.pid, identityKey: engine.identityKey })}\n`)
}
