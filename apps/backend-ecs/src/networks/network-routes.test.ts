import { NO_ENGINE } from '@landlord/test-engine'
import { expect, test } from 'vitest'
import { leftIn } from '../__fixtures__/left-in.ts'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { engine, startTestBackend } from '../__fixtures__/start-test-backend.ts'

const isRunnable = engine !== undefined && hasDockerCli
const withCli = test.skipIf(!isRunnable)
const needs = isRunnable ? '' : ` (${NO_ENGINE}, or there is no docker command line)`
const simulated = { emulator: { runtime: 'simulated' as const } }

const SERVE = 'mkdir /tmp/www; echo hello from web > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www'

withCli(`containers of one network find each other by name and alias${needs}`, async () => {
  const backend = await startTestBackend()
  const { docker, image } = backend
  expect(await docker(['network', 'create', 'net1'])).toMatchObject({ exitCode: 0, stderr: '' })
  const web = await docker([
    'run',
    '-d',
    '--name',
    'web',
    '--network',
    'net1',
    '--network-alias',
    'shop',
    image,
    'sh',
    '-c',
    SERVE,
  ])
  expect(web).toMatchObject({ exitCode: 0, stderr: expect.any(String) })
  const fetch = async (host: string) =>
    await docker(['run', '--rm', '--network', 'net1', image, 'wget', '-qO-', `http://${host}:8080/`])
  expect(await fetch('web.net1')).toMatchObject({ exitCode: 0, stdout: 'hello from web\n' })
  expect(await fetch('shop.net1')).toMatchObject({ exitCode: 0, stdout: 'hello from web\n' })
  // By the search domain, which the C library of GNU reads from the environment.
  expect(await fetch('web')).toMatchObject({ exitCode: 0, stdout: 'hello from web\n' })
  expect((await docker(['network', 'rm', 'net1'])).stderr).toContain('has active endpoints')
  await docker(['rm', '-f', 'web'])
  expect(await docker(['network', 'rm', 'net1'])).toMatchObject({ exitCode: 0, stdout: 'net1\n' })
  expect(await leftIn(backend)).toEqual([])
})

withCli(`docker network connect and disconnect a running container${needs}`, async () => {
  const { docker, image } = await startTestBackend()
  await docker(['network', 'create', 'net1'])
  await docker(['run', '-d', '--name', 'web', image, 'sh', '-c', SERVE])
  expect(await docker(['network', 'connect', '--alias', 'late', 'net1', 'web'])).toMatchObject({
    exitCode: 0,
    stderr: '',
  })
  expect(
    (await docker(['network', 'inspect', '--format', '{{range .Containers}}{{.Name}}{{end}}', 'net1'])).stdout,
  ).toBe('web\n')
  const fetch = await docker(['run', '--rm', '--network', 'net1', image, 'wget', '-qO-', 'http://late.net1:8080/'])
  expect(fetch).toMatchObject({ exitCode: 0, stdout: 'hello from web\n' })
  expect((await docker(['network', 'connect', 'net1', 'web'])).stderr).toContain('already exists in network net1')
  expect(await docker(['network', 'disconnect', 'net1', 'web'])).toMatchObject({ exitCode: 0 })
  expect((await docker(['network', 'disconnect', 'net1', 'web'])).stderr).toContain('is not connected')
  expect(await docker(['network', 'rm', 'net1'])).toMatchObject({ exitCode: 0 })
})

test.skipIf(!hasDockerCli)(
  'docker network create, ls, inspect, rm and prune (needs the docker command line)',
  async () => {
    const backend = await startTestBackend(simulated)
    const { docker, restart } = backend
    await docker(['network', 'create', '--label', 'team=a', 'one'])
    await docker(['network', 'create', 'two'])
    expect((await docker(['network', 'ls', '--format', '{{.Name}} {{.Driver}}'])).stdout).toBe(
      'bridge bridge\none bridge\ntwo bridge\n',
    )
    expect(
      (await docker(['network', 'ls', '-q', '--filter', 'label=team=a', '--filter', 'type=custom'])).stdout,
    ).toMatch(/^[0-9a-f]{12}\n$/)
    expect((await docker(['network', 'inspect', '--format', '{{index .Options "ecs.domain"}}', 'one'])).stdout).toBe(
      'one\n',
    )
    expect((await docker(['network', 'create', 'one'])).stderr).toContain('network with name one already exists')
    expect((await docker(['network', 'create', '--driver', 'overlay', 'x'])).stderr).toContain(
      '--driver overlay is not supported on ECS',
    )
    expect((await docker(['network', 'create', '--subnet', '10.9.0.0/24', 'x'])).stderr).toContain('--subnet')
    expect((await docker(['network', 'create', '--internal', 'x'])).stderr).toContain(
      '--internal is not supported on ECS',
    )
    expect((await docker(['network', 'rm', 'bridge'])).stderr).toContain('pre-defined network')
    expect((await docker(['network', 'inspect', 'none'])).stderr).toContain('network none not found')
    await restart({ forget: true })
    expect((await docker(['network', 'ls', '--format', '{{.Name}}'])).stdout).toBe('bridge\none\ntwo\n')
    const prune = async (...filters: string[]) =>
      (await docker(['network', 'prune', '-f', ...filters.flatMap((filter) => ['--filter', filter])])).stdout
    await docker(['network', 'create', '--label', 'team=a', 'three'])
    for (const filters of [['label=team=a', 'label=other'], ['until=24h']]) expect(await prune(...filters)).toBe('')
    expect(await prune('label!=team')).toContain('one\ntwo\n')
    expect((await docker(['network', 'ls', '--format', '{{.Name}}'])).stdout).toBe('bridge\nthree\n')
    expect(await prune()).toContain('three\n')
    expect(await leftIn(backend)).toEqual([])
  },
)

test('a network of another backend with the same name is another network', async () => {
  const one = await startTestBackend(simulated)
  const two = await startTestBackend({ ...simulated, beside: one })
  await one.dockerode.createNetwork({ Name: 'shared' })
  await two.dockerode.createNetwork({ Name: 'shared' })
  const domains = await Promise.all(
    [one, two].map(async ({ dockerode }) => (await dockerode.getNetwork('shared').inspect()).Options?.['ecs.domain']),
  )
  expect(domains).toEqual(['shared', expect.stringMatching(/^shared-[0-9a-f]{6}$/)])
  await one.dockerode.getNetwork('shared').remove()
  expect(await two.dockerode.listNetworks({ filters: { name: ['shared'] } })).toHaveLength(1)
})
