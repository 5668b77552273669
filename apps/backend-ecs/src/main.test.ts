import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import Docker from 'dockerode'
import { expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const CONFIG = `ecs:
  region: us-east-1
  cluster: apps
  subnets: [subnet-1]
  security_groups: [sg-1]
  execution_role_arn: arn:aws:iam::000000000000:role/execution
`

async function start(args: readonly string[]): Promise<{ child: ChildProcess; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-main-'))
  await writeFile(join(folder, 'c.yaml'), CONFIG)
  // Nothing answers there: AWS may be away when the backend starts.
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  }
  const child = spawn(process.execPath, ['--conditions=@landlord/source', MAIN, ...args], { cwd: folder, env })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })
  return { child, folder }
}

async function run(...args: string[]): Promise<{ stdout: string; stderr: string; code: unknown }> {
  const { child } = await start(args)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout as never),
    text(child.stderr as never),
    once(child, 'close'),
  ])
  return { stdout, stderr, code }
}

test('--help and --version', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('config check'), stderr: '' })
  expect(await run('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})

test('config check shows every setting with its source, or every problem', async () => {
  const shown = await run('config', 'check', '--config', 'c.yaml', '--cluster', 'other')
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('ecs.cluster = other  (--cluster)') })
  expect(await run('config', 'check')).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('5 problems in the settings'),
  })
  const unguarded = await run('config', 'check', '--config', 'c.yaml', '--addr', 'tcp://0.0.0.0:1')
  expect(unguarded).toMatchObject({ code: 78, stderr: expect.stringContaining('listens only with TLS') })
  expect(await run('--nonsense')).toMatchObject({
    code: 78,
    stderr: expect.stringContaining("Unknown option '--nonsense'"),
  })
  expect(await run('serve')).toMatchObject({ code: 78, stderr: expect.stringContaining('unknown command "serve"') })
})

/** A backend that listens, with a state of its own. */
async function listen(): Promise<{ child: ChildProcess; socketPath: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-sock-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const socketPath = join(folder, 'b.sock')
  const { child } = await start([
    '--config',
    'c.yaml',
    '--addr',
    `unix://${socketPath}`,
    '--data-dir',
    join(folder, 'd'),
  ])
  expect(await until(child, 'backend-ecs listens')).toBe(true)
  return { child, socketPath }
}

test('a backend listens, and stops when it is asked to', async () => {
  const { child, socketPath } = await listen()
  const docker = new Docker({ socketPath, host: undefined, port: undefined, protocol: 'http' })
  expect(await docker.version()).toMatchObject({ ApiVersion: '1.47' })
  const events = await docker.getEvents()
  const ended = once(events as never, 'end')
  events.resume()
  child.kill('SIGTERM')
  await ended
  expect(await once(child, 'close')).toEqual([0, null])
  await expect(access(socketPath)).rejects.toThrow()
})

test('a backend that is asked twice to stop does not wait for requests under way', async () => {
  const { child, socketPath } = await listen()
  const pending = request({ socketPath, method: 'POST', path: '/containers/create' })
  pending.on('error', () => undefined)
  pending.setHeader('content-type', 'application/json')
  pending.setHeader('expect', '100-continue')
  pending.flushHeaders()
  await once(pending, 'continue')
  child.kill('SIGINT')
  // From then on nobody is let in.
  await expect.poll(() => access(socketPath).catch(() => 'gone')).toBe('gone')
  expect(child.exitCode).toBeNull()
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([1, null])
})

/** Whether the process says it before it ends. */
async function until(child: ChildProcess, words: string): Promise<boolean> {
  let said = ''
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk)
    if (said.includes(words)) return true
  }
  return false
}
