import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from '@landlord/api-contract'
import getPort from 'get-port'
import { type AppProcess, toAppProcess } from './app-process.ts'
import { takeDownTenants } from './take-down.ts'

const cli = join(import.meta.dirname, '../../apps/cli/dist/main.js')

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** `landlord dev` as a user starts it, and the command line pointed at it. */
export interface LandlordDev {
  readonly url: string
  /** Database, Restate's folder and log are below it. */
  readonly folder: string
  landlord(...args: string[]): Promise<CliResult>
  /** `kill -9`, and a new start on the same data. */
  crash(): Promise<void>
  close(): Promise<void>
}

export interface LandlordDevOptions {
  /** The `compute:` block of the configuration file. Default: no file, and the providers that `dev` finds. */
  readonly compute?: object
  /** Beside `PATH` and `HOME`. */
  readonly environment?: Readonly<Record<string, string>>
}

export async function startLandlordDev(options: LandlordDevOptions = {}): Promise<LandlordDev> {
  const folder = await mkdtemp(join(tmpdir(), 'landlord-dev-'))
  if (options.compute !== undefined) {
    // JSON is YAML.
    await writeFile(join(folder, 'landlord.yaml'), JSON.stringify({ compute: options.compute }))
  }
  const port = await getPort({ host: '127.0.0.1' })
  const url = `http://127.0.0.1:${port}`
  const env = { PATH: process.env.PATH, HOME: folder, LANDLORD_API_URL: url, ...options.environment }
  const start = () => startDev(['--data-dir', join(folder, 'data'), '--port', String(port)], env, folder)
  let dev = await start()
  return {
    url,
    folder,
    landlord: (...args) => runCli(args, env, folder),
    async crash() {
      await dev.kill()
      dev = await start()
    },
    async close() {
      try {
        await takeDownTenants(createClient({ baseUrl: url }))
      } finally {
        await dev.stop()
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

async function startDev(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<AppProcess> {
  const child = spawn(process.execPath, [cli, 'dev', ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: string[] = []
  child.stderr.on('data', (chunk) => output.push(String(chunk)))
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line)
      if (line.includes('is ready at')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`landlord dev ended with ${code}:\n${output.join('\n')}`)))
  })
  return toAppProcess(child)
}

function runCli(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<CliResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { env, cwd }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

/** What a command printed. Rejects, with both streams in the message, when it failed. */
export async function succeeded(result: Promise<CliResult>): Promise<string> {
  const { code, stdout, stderr } = await result
  if (code !== 0) throw new Error(`landlord ended with ${code}:\n${stdout}\n${stderr}`)
  return stdout
}

/** Of the first endpoint that a command printed. */
export const endpointIn = (text: string) => `http://${/127\.\d+\.\d+\.\d+:\d+/.exec(text)?.[0]}`

/** On a connection of its own, so that it is answered by whoever serves now. */
export async function bodyOf(url: string): Promise<string> {
  const response = await fetch(url, { headers: { connection: 'close' } })
  return (await response.text()).trim()
}
