import { NO_ENGINE } from '@landlord/test-engine'
import { expect, test } from 'vitest'
import { leftIn } from './__fixtures__/left-in.ts'
import { hasDockerCli } from './__fixtures__/run-docker-cli.ts'
import { engine } from './__fixtures__/start-test-backend.ts'
import { startWithFileSystem } from './__fixtures__/start-with-file-system.ts'

const isRunnable = engine !== undefined && hasDockerCli
const withCli = test.skipIf(!isRunnable)
const needs = isRunnable ? '' : ` (${NO_ENGINE}, or there is no docker command line)`

/** The command line over real containers. `say` is for commands that must work. */
async function startCli() {
  const backend = await startWithFileSystem()
  const say = async (...args: string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await backend.docker(args)
    expect({ args, exitCode, stderr }).toMatchObject({ exitCode: 0 })
    return stdout
  }
  return { ...backend, say }
}

withCli(`images from pull to rmi, and what the engine is${needs}`, async () => {
  const { say, image } = await startCli()
  expect(await say('version', '--format', '{{.Server.Os}} {{.Server.APIVersion}}')).toBe('linux 1.47\n')
  expect(await say('info', '--format', '{{.OperatingSystem}} {{.Images}}')).toBe('AWS Fargate 0\n')
  expect(await say('pull', image)).toContain(`Status: Downloaded newer image for ${image}`)
  expect(await say('images', '--format', '{{.Repository}}:{{.Tag}}')).toBe(`${image}\n`)
  await say('tag', image, 'mine:1')
  expect(await say('run', '--rm', 'mine:1', 'echo', 'hello')).toBe('hello\n')
  expect(await say('history', '-q', 'mine:1')).not.toBe('')
  expect(await say('rmi', 'mine:1')).toBe('Untagged: mine:1\n')
  await say('run', '-d', '--name', 'web', image, 'sleep', '600')
  expect(await say('system', 'df', '--format', '{{.Type}} {{.TotalCount}} {{.Active}}')).toBe(
    'Images 1 1\nContainers 1 1\nLocal Volumes 0 0\nBuild Cache 0 0\n',
  )
  await say('rm', '-f', 'web')
  expect(await say('rmi', image)).toContain('Deleted: sha256:')
})

withCli(`networks and volumes from create to rm${needs}`, async () => {
  const backend = await startCli()
  const { say, image } = backend
  await say('network', 'create', 'one')
  await say('volume', 'create', 'data')
  expect(await say('network', 'ls', '--format', '{{.Name}}')).toBe('bridge\none\n')
  expect(await say('volume', 'ls', '-q')).toBe('data\n')
  await say('run', '-d', '--name', 'web', '--network', 'one', '-v', 'data:/data', image, 'sleep', '600')
  await say('exec', 'web', 'sh', '-c', 'echo kept > /data/file')
  expect(await say('run', '--rm', '-v', 'data:/data:ro', image, 'cat', '/data/file')).toBe('kept\n')
  expect(await say('network', 'inspect', '--format', '{{range .Containers}}{{.Name}}{{end}}', 'one')).toBe('web\n')
  expect(await say('volume', 'inspect', '--format', '{{.Driver}}', 'data')).toBe('local\n')
  expect(await say('system', 'df', '--format', '{{.Type}} {{.Active}}')).toContain('Local Volumes 1\n')
  await say('network', 'disconnect', 'one', 'web')
  await say('network', 'connect', 'one', 'web')
  await say('rm', '-f', 'web')
  await say('network', 'rm', 'one')
  await say('volume', 'rm', 'data')
  expect(await leftIn(backend)).toEqual([])
})

withCli(`exit codes of docker run are Docker's own${needs}`, async () => {
  const { docker, image } = await startCli()
  const codeOf = async (...args: string[]) => (await docker(['run', '--rm', ...args])).exitCode
  expect(await codeOf(image, 'sh', '-c', 'exit 42')).toBe(42)
  expect(await codeOf(image, 'no-such-command')).toBe(127)
  expect(await codeOf(image, '/etc/passwd')).toBe(126)
  expect(await codeOf('--privileged', image, 'true')).toBe(125)
  expect(await codeOf('127.0.0.1:1/no/such-image', 'true')).toBe(125)
  const interactive = await docker(['run', '--rm', '-i', image, 'cat'], { stdin: 'typed' })
  expect(interactive).toMatchObject({
    exitCode: 125,
    stderr: expect.stringContaining('--interactive is not supported on ECS'),
  })
  expect((await docker(['ps', '-aq'])).stdout).toBe('')
})

withCli(`a terminal is a terminal, and input is refused where there is none${needs}`, async () => {
  const { docker, say, image } = await startCli()
  await say('run', '-dit', '--name', 'web', image, 'sh', '-c', 'test -t 1 && echo terminal; sleep 600')
  await expect.poll(() => say('logs', 'web')).toBe('terminal\r\n')
  await say('run', '-di', '--name', 'plain', image, 'sleep', '600')
  expect(await docker(['attach', 'plain'], { stdin: 'typed' })).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('received 501'),
  })
  expect(await say('inspect', '--format', '{{.Config.Tty}} {{.Config.OpenStdin}}', 'web')).toBe('true true\n')
})
