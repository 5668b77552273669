// How many tenants a second get from requested to ready on the mock: node --conditions=@landlord/source test/measure-steps.ts [tenants] [ready_after_ms]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './start-child.ts'
import { startTestSystem, type TestSystem } from './test-system.ts'

const TICKS_PER_SECOND = 100

function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

async function measure(
  system: TestSystem,
  worker: number | undefined,
  name: string,
  tenants: number,
  readyAfterMs: number,
) {
  const ids = Array.from({ length: tenants }, (_, index) => `${name}-${index}`)
  for (const id of ids) system.server.change(id, 'provision', { mock: { ready_after_ms: readyAfterMs } })
  const before = {
    engine: cpuSeconds(system.engine.pid),
    worker: cpuSeconds(worker),
    requests: system.server.requests(),
  }
  const startedAt = performance.now()
  await Promise.all(ids.map((id) => system.trigger(id, `${id}-0`)))
  const sentMs = performance.now() - startedAt
  while (!ids.every((id) => system.server.tenant(id).status === 'ready')) await sleep(5)
  const seconds = (performance.now() - startedAt) / 1000
  return {
    name,
    tenants,
    readyAfterMs,
    sentMs: Math.round(sentMs),
    seconds: Number(seconds.toFixed(2)),
    perSecond: Math.round(tenants / seconds),
    requestsPerTenant: (system.server.requests() - before.requests) / tenants,
    engineMsPerTenant: Number((((cpuSeconds(system.engine.pid) - before.engine) / tenants) * 1000).toFixed(2)),
    workerMsPerTenant: Number((((cpuSeconds(worker) - before.worker) / tenants) * 1000).toFixed(2)),
  }
}

const [tenants = '200', readyAfter = '0'] = process.argv.slice(2)
const system = await startTestSystem()
await system.worker.close()
const child = await startChild({
  role: 'worker',
  settings: system.settings,
  world: join(system.folder, 'world.sqlite'),
})
const rows = []
for (const name of ['cold', 'warm', 'warmer', 'warmest']) {
  rows.push(await measure(system, child.process.pid, name, Number(tenants), Number(readyAfter)))
}
process.stdout.write(`${rows.map((row) => JSON.stringify(row)).join('\n')}\n`)
await child.kill('SIGTERM')
await system.close()
