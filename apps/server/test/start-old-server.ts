import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createClient, createWorkerClient, type LandlordClient, type WorkerClient } from '@landlord/api-contract'
import { WORKER_TOKEN } from './start-test-server.ts'

/** The server of the release before, in a process of its own; this version's clients talk to it. */
export interface OldServer {
  readonly client: LandlordClient
  readonly worker: WorkerClient
  close(): Promise<void>
}

const BUNDLE = new URL('release-1e4b043/server.mjs.gz', import.meta.url)

export async function startOldServer(options: {
  readonly databaseUrl: string
  readonly engineUrl: string
  readonly folder: string
}): Promise<OldServer> {
  const program = join(options.folder, 'old-server.mjs')
  writeFileSync(program, gunzipSync(readFileSync(BUNDLE)))
  const child = spawn(process.execPath, [program, options.databaseUrl, options.engineUrl, WORKER_TOKEN], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const baseUrl = line.toString().trim()
  return {
    client: createClient({ baseUrl }),
    worker: createWorkerClient({ baseUrl, token: WORKER_TOKEN }),
    async close() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
