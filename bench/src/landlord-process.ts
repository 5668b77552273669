import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import pidusage from 'pidusage'

export interface LandlordProcess {
  readonly url: string
  /** Milliseconds from the start of the process to its "ready" line. */
  readonly readyMs: number
  readonly pid: number
  stop(): Promise<void>
}

/** `landlord dev` as a user starts it, with its data in `folder` and the mock provider only; `settings` as `LANDLORD_…`. */
export async function startLandlord(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<LandlordProcess> {
  const port = await freePort()
  const begin = performance.now()
  const cli = join(import.meta.dirname, '../../apps/cli/dist/main.js')
  const child = spawn(
    process.execPath,
    [cli, 'dev', '--data-dir', join(folder, 'data'), '--port', String(port), '--no-docker'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: folder,
      env: { ...process.env, ...settings },
    },
  )
  const url = await readyUrl(child)
  return {
    url,
    readyMs: performance.now() - begin,
    pid: child.pid as number,
    async stop() {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function readyUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('landlord dev has no output')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /ready at (http:\S+)/.exec(line)?.[1]
    if (url !== undefined) {
      child.stdout.resume()
      return url
    }
  }
  throw new Error('landlord dev ended before it was ready; its message is above')
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

export interface ProcessUsage {
  readonly name: string
  /** Of one core. */
  readonly cpuPercent: number
  readonly residentMiB: number
}

/** What `landlord dev` and its children use over `seconds`. */
export async function usageOf(landlord: LandlordProcess, seconds: number): Promise<ProcessUsage[]> {
  const processes = [
    { pid: landlord.pid, name: 'landlord dev (server + worker)' },
    ...(await childProcesses(landlord.pid)),
  ]
  const pids = processes.map(({ pid }) => pid)
  await pidusage(pids)
  await delay(seconds * 1000)
  const usage = await pidusage(pids)
  return processes.map(({ pid, name }) => ({
    name,
    cpuPercent: usage[pid]?.cpu ?? 0,
    residentMiB: (usage[pid]?.memory ?? 0) / BYTES_PER_MIB,
  }))
}

const BYTES_PER_MIB = 1024 * 1024

/** The processes below `pid`, by name; Linux only. */
async function childProcesses(pid: number): Promise<{ pid: number; name: string }[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
  const named = await Promise.all(
    children.map(async (child) => ({ pid: child, name: (await readFile(`/proc/${child}/comm`, 'utf8')).trim() })),
  )
  const below = await Promise.all(children.map(childProcesses))
  return [...named, ...below.flat()]
}
