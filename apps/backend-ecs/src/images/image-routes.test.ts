import { startTestRegistry } from '@landlord/test-engine'
import { expect, onTestFinished, test } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { startTestBackend } from '../__fixtures__/start-test-backend.ts'

const simulated = { emulator: { runtime: 'simulated' as const } }
const withCli = test.skipIf(!hasDockerCli)

withCli('docker pull, images, inspect, history, tag and rmi (needs the docker command line)', async () => {
  const { docker, image } = await startTestBackend(simulated)
  const pulled = await docker(['pull', image])
  expect(pulled.stderr).toBe('')
  expect(pulled.stdout).toContain(`Status: Downloaded newer image for ${image}`)
  expect((await docker(['pull', image])).stdout).toContain(`Status: Image is up to date for ${image}`)

  const listed = await docker(['images', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}'])
  const [, id = ''] = /^\S+ ([0-9a-f]{12})\n$/.exec(listed.stdout) ?? []
  expect(listed.stdout).toBe(`${image} ${id}\n`)
  expect((await docker(['images', '-q', '--filter', 'reference=nothing'])).stdout).toBe('')

  const inspected = await docker(['image', 'inspect', '--format', '{{json .Config.Env}} {{.Os}}', image])
  expect(inspected.stdout).toBe('["PATH=/bin","GREETING=hello"] linux\n')
  expect((await docker(['history', '-q', image])).exitCode).toBe(0)

  expect(await docker(['tag', image, 'mine:1'])).toMatchObject({ exitCode: 0, stderr: '' })
  expect((await docker(['images', '-q', 'mine'])).stdout).toBe(`${id}\n`)
  expect((await docker(['rmi', 'mine:1'])).stdout).toBe('Untagged: mine:1\n')
  expect((await docker(['rmi', id])).stdout).toMatch(/^Untagged: .*\nDeleted: sha256:[0-9a-f]{64}\n$/)
  expect(await docker(['rmi', id])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`No such image: ${id}`),
  })
})

withCli('docker image prune and system prune mean their filters (needs the docker command line)', async () => {
  const { docker, image } = await startTestBackend(simulated)
  await docker(['pull', image])
  const prune = (...args: string[]) => docker([...args, 'prune', '-af'])
  const left = async () => (await docker(['images', '-q'])).stdout
  for (const filter of ['until=1969-01-01T00:00:00Z', 'label=team']) {
    expect(await docker(['image', 'prune', '-af', '--filter', filter])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await left()).not.toBe('')
  }
  expect(await docker(['image', 'prune', '-f', '--filter', 'until=soon'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("invalid filter 'until=soon'"),
  })
  expect(await prune('system')).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await left()).toBe('')
})

withCli(
  'a tag or a repository that does not exist is said as Docker says it (needs the docker command line)',
  async () => {
    const { docker, registry } = await startTestBackend(simulated)
    const pull = await docker(['pull', `${registry.address}/tests/nothing:1`])
    expect(pull).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('manifest unknown') })
    const unreachable = await docker(['pull', '127.0.0.1:9/app'])
    expect(unreachable).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^Error response from daemon: registry 127.0.0.1:9: .*check that it is reachable/),
    })
    expect((await docker(['pull', '--platform', 'linux/riscv64', registry.address])).exitCode).toBe(1)
  },
)

test('a private registry asks for the password of the client, which is written nowhere', async () => {
  const registry = await startTestRegistry({ username: 'ann', password: 'hunter2-hunter2' })
  onTestFinished(() => registry.close())
  const image = await registry.publish('private/app')
  const { dockerode } = await startTestBackend(simulated)
  await expect(dockerode.pull(image)).rejects.toMatchObject({
    statusCode: 404,
    message: expect.stringContaining('pull access denied'),
  })
  await expect(dockerode.pull(image, { authconfig: { username: 'ann', password: 'wrong' } })).rejects.toMatchObject({
    statusCode: 404,
  })

  const stream = await dockerode.pull(image, { authconfig: { username: 'ann', password: 'hunter2-hunter2' } })
  const lines = await new Promise<{ status: string }[]>((resolve, reject) =>
    dockerode.modem.followProgress(stream, (error, output) => (error === null ? resolve(output) : reject(error))),
  )
  expect(lines.map(({ status }) => status)).toContainEqual(
    expect.stringMatching(/^Warning: ECS pulls with the execution role/),
  )
  expect(await dockerode.getImage(image).inspect()).toMatchObject({ RepoTags: [image] })
  expect(JSON.stringify(lines)).not.toContain('hunter2')
})

test('a login is checked with the registry', async () => {
  const registry = await startTestRegistry({ username: 'ann', password: 'hunter2-hunter2' })
  onTestFinished(() => registry.close())
  const { dockerode } = await startTestBackend(simulated)
  const login = (password: string) =>
    dockerode.checkAuth({ username: 'ann', password, serveraddress: registry.address })
  expect(await login('hunter2-hunter2')).toMatchObject({ Status: 'Login Succeeded' })
  await expect(login('wrong')).rejects.toMatchObject({
    statusCode: 401,
    message: expect.stringMatching(/login to 127.0.0.1:\d+ failed: unauthorized/),
  })
  await expect(dockerode.checkAuth({ serveraddress: registry.address })).rejects.toMatchObject({ statusCode: 400 })
})
