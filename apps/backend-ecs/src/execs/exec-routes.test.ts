import { createHash, randomBytes } from 'node:crypto'
import { NO_ENGINE } from '@landlord/test-engine'
import { expect, test } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { engine, startTestBackend, type TestBackend } from '../__fixtures__/start-test-backend.ts'

const isRunnable = engine !== undefined && hasDockerCli
const withCli = test.skipIf(!isRunnable)
const needs = isRunnable ? '' : ` (${NO_ENGINE}, or there is no docker command line)`

/** A backend with the container `web`, which sleeps. */
async function startWithContainer(flags: readonly string[] = []): Promise<TestBackend> {
  const backend = await startTestBackend()
  const run = await backend.docker(['run', '-d', '--name', 'web', ...flags, backend.image, 'sleep', '600'])
  expect(run).toMatchObject({ exitCode: 0 })
  return backend
}

withCli(`docker exec: output, errors apart from it, and exit codes${needs}`, async () => {
  const { docker } = await startWithContainer()
  expect(await docker(['exec', 'web', 'echo', 'hello'])).toEqual({ exitCode: 0, stdout: 'hello\n', stderr: '' })
  const both = await docker(['exec', 'web', 'sh', '-c', 'echo out; echo err >&2; exit 42'])
  expect(both).toEqual({ exitCode: 42, stdout: 'out\n', stderr: 'err\n' })
  expect(await docker(['exec', 'web', 'printf', 'no newline'])).toMatchObject({ stdout: 'no newline' })
  expect((await docker(['exec', 'web', 'no-such-command'])).exitCode).toBe(127)
  expect((await docker(['exec', 'web', '/etc/passwd'])).exitCode).toBe(126)
  expect((await docker(['exec', 'web', 'sh', '-c', 'kill -9 $$'])).exitCode).toBe(137)
})

withCli(`docker exec -i: every byte arrives, and its end does${needs}`, async () => {
  const { docker } = await startWithContainer()
  expect(await docker(['exec', '-i', 'web', 'cat'], { stdin: 'typed\n' })).toMatchObject({
    exitCode: 0,
    stdout: 'typed\n',
  })
  const bytes = randomBytes(128 * 1024)
  const sum = await docker(['exec', '-i', 'web', 'busybox', 'sha256sum'], { stdin: bytes })
  expect(sum.stdout).toBe(`${createHash('sha256').update(bytes).digest('hex')}  -\n`)
  // A command that does not read its input ends all the same.
  expect(await docker(['exec', '-i', 'web', 'true'], { stdin: bytes })).toMatchObject({ exitCode: 0 })
})

withCli(`docker exec: words, variables and folders arrive as they are${needs}`, async () => {
  const { docker } = await startWithContainer(['-w', '/etc'])
  const words = [`it's "quoted"`, '$HOME `id` $(id)', 'a\nb\tc', '', '*', 'ü €', '\\n', '-n']
  expect((await docker(['exec', 'web', 'printf', '%s|', ...words])).stdout).toBe(
    words.map((word) => `${word}|`).join(''),
  )
  const env = await docker(['exec', '-e', `A=it's $HOME`, '-w', '/tmp', 'web', 'sh', '-c', 'echo "$A"; pwd'])
  expect(env.stdout).toBe("it's $HOME\n/tmp\n")
  expect((await docker(['exec', 'web', 'pwd'])).stdout).toBe('/etc\n')
  expect((await docker(['exec', '--user', 'nobody', 'web', 'id'])).stderr).toContain(
    'exec --user nobody is not supported on ECS',
  )
})

withCli(`docker exec: much output, whole and in order${needs}`, async () => {
  const { docker } = await startWithContainer()
  const { stdout } = await docker(['exec', 'web', 'seq', '1', '200000'])
  expect(stdout.length).toBe(Array.from({ length: 200_000 }, (_, index) => `${index + 1}\n`).join('').length)
  expect(stdout.endsWith('\n199999\n200000\n')).toBe(true)
})

test.skipIf(engine === undefined)(
  `a terminal has the size that the client gives it${engine === undefined ? ` (${NO_ENGINE})` : ''}`,
  async () => {
    const { dockerode } = await startWithContainer()
    const exec = await dockerode
      .getContainer('web')
      .exec({ Cmd: ['sh', '-c', 'read x; stty size; exit 3'], Tty: true, AttachStdin: true, AttachStdout: true })
    const stream = await exec.start({ hijack: true, stdin: true, Tty: true })
    await exec.resize({ h: 40, w: 132 })
    stream.write('\n')
    let shown = ''
    for await (const chunk of stream) shown += String(chunk)
    expect(shown).toContain('40 132')
    expect(shown).not.toContain('\x1e')
    expect(await exec.inspect()).toMatchObject({ ExitCode: 3, Running: false })
  },
)

withCli(`docker exec -d runs without a client, and an exec runs once${needs}`, async () => {
  const { docker, dockerode } = await startWithContainer()
  expect(await docker(['exec', '-d', 'web', 'sh', '-c', 'echo done > /tmp/done'])).toMatchObject({ exitCode: 0 })
  await expect.poll(async () => (await docker(['exec', 'web', 'cat', '/tmp/done'])).stdout).toBe('done\n')
  const exec = await dockerode.getContainer('web').exec({ Cmd: ['true'], AttachStdout: true })
  await new Promise((resolve) => exec.start({}).then((stream) => stream.resume().on('end', resolve)))
  await expect(exec.start({})).rejects.toMatchObject({ statusCode: 409 })
})

withCli(`a container that does not run, and one that is not there, say so${needs}`, async () => {
  const { docker, image } = await startWithContainer()
  await docker(['create', '--name', 'new', image])
  expect((await docker(['exec', 'new', 'true'])).stderr).toMatch(/Container [0-9a-f]{64} is not running/)
  expect((await docker(['exec', 'nothing', 'true'])).stderr).toContain('No such container: nothing')
})
