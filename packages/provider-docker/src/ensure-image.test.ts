import { findEngine, NO_ENGINE, startTestRegistry, type TestRegistry } from '@landlord/test-engine'
import { DockerBench, greeter, greetingAt } from '@landlord/test-engine/docker-bench'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDockerProvider } from './docker-provider.ts'
import { splitReference } from './ensure-image.ts'

const engine = await findEngine()
const credentials = { username: 'acme', password: 'pull-secret' }

describe('splitReference', () => {
  it.each([
    ['nginx:1.29', { fromImage: 'nginx', tag: '1.29' }],
    ['localhost:5000/team/app:v1', { fromImage: 'localhost:5000/team/app', tag: 'v1' }],
    ['app@sha256:abc', { fromImage: 'app', tag: 'sha256:abc' }],
    ['localhost:5000/app:v1@sha256:abc', { fromImage: 'localhost:5000/app', tag: 'sha256:abc' }],
  ])('splits %s', (image, parts) => {
    expect(splitReference(image)).toEqual(parts)
  })
})

describe.skipIf(engine === undefined)(`images (${engine === undefined ? NO_ENGINE : 'real engine'})`, () => {
  if (engine === undefined) return
  let bench: DockerBench
  let registry: TestRegistry
  const images: string[] = []
  const registries: TestRegistry[] = []
  async function openRegistry(...parameters: Parameters<typeof startTestRegistry>): Promise<TestRegistry> {
    const opened = await startTestRegistry(...parameters)
    registries.push(opened)
    return opened
  }
  beforeEach(async () => {
    bench = await DockerBench.open(engine, createDockerProvider)
    registry = await openRegistry()
  })
  afterEach(async () => {
    await bench.close()
    for (const each of registries.splice(0)) await each.close()
    for (const image of images.splice(0))
      await engine.docker
        .getImage(image)
        .remove({ force: true })
        .catch(() => {})
  })

  // The greeting comes from the image, so that the answer tells which one runs.
  const serving = (image: string, extra = {}) => {
    images.push(image)
    const { env: _, ...config } = greeter('', extra)
    return { ...config, image, ...extra }
  }

  it('pulls with progress, once', async () => {
    const image = await registry.publish('app', { greeting: 'from the registry' })
    const tenant = bench.tenant()
    const progress: string[] = []
    await tenant.provision(serving(image), { onProgress: (message) => progress.push(message) })
    expect(await greetingAt(await tenant.settled())).toBe('from the registry')
    expect(progress).toEqual([
      `pulling image ${image}`,
      `pulling image ${image}: 0 of 1 layers`,
      `pulling image ${image}: 1 of 1 layers`,
      expect.stringMatching(/^starting container /),
    ])
    const asked = registry.requests.length
    await bench.tenant().provision(serving(image))
    expect(registry.requests).toHaveLength(asked)
  })

  it('pulls by digest', async () => {
    const image = await registry.publish('pinned', { greeting: 'pinned' })
    await bench.tenant().provision(serving(image))
    const [digest = ''] = (await engine.docker.getImage(image).inspect()).RepoDigests
    const tenant = bench.tenant()
    await tenant.provision(serving(digest))
    expect(await greetingAt(await tenant.settled())).toBe('pinned')
  })

  it('with "always", replaces the container when the tag has moved, and only then', async () => {
    const image = await registry.publish('moving', { greeting: 'one' })
    const tenant = bench.tenant()
    await tenant.provision(serving(image, { pull_policy: 'always' }))
    await tenant.settled()
    expect((await tenant.update(serving(image, { pull_policy: 'always' }))).status).toBe('no_changes')
    await registry.publish('moving', { greeting: 'two' })
    expect((await tenant.update(serving(image))).status).toBe('no_changes')
    const { changes } = await tenant.update(serving(image, { pull_policy: 'always' }))
    expect(changes).toMatchObject([{ path: '/image', effect: 'replace' }])
    expect(await greetingAt(await tenant.settled())).toBe('two')
  })

  it('sends the credentials, and asks the registry again although the image is here', async () => {
    const locked = await openRegistry(credentials)
    const image = await locked.publish('private', { greeting: 'private' })
    const tenant = bench.tenant()
    await expect(tenant.provision(serving(image))).rejects.toMatchObject({
      code: 'access_denied',
      details: { reason: 'pull_denied' },
    })
    await tenant.provision(serving(image, { registry_auth: credentials }))
    expect(await greetingAt(await tenant.settled())).toBe('private')
    const stranger = bench.tenant()
    const failure = await stranger
      .provision(serving(image, { registry_auth: { ...credentials, password: 'wrong-secret' } }))
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'access_denied' })
    expect(JSON.stringify(failure)).not.toContain('wrong-secret')
    expect(await bench.containers(stranger.id)).toEqual([])
  })

  it('takes what goes wrong inside a pull that began well as a failure', async () => {
    const image = await registry.publish('broken', { missingLayer: true })
    await expect(bench.tenant().provision(serving(image))).rejects.toMatchObject({
      code: 'provision_failed',
      details: { reason: 'image_not_found' },
      message: expect.stringContaining('unknown blob'),
    })
    expect(await bench.resources()).toEqual([])
  })

  it('tells an absent tag, a registry that is down, and one that asks to slow down', async () => {
    const absent = bench.tenant().provision(serving(`${registry.address}/absent:1`))
    await expect(absent).rejects.toMatchObject({ code: 'provision_failed', details: { reason: 'image_not_found' } })
    const down = bench.tenant().provision(serving('127.0.0.1:1/app:1'))
    await expect(down).rejects.toMatchObject({ code: 'unavailable', details: { reason: 'registry_unavailable' } })
    const busy = await openRegistry(undefined, 429)
    const throttled = bench.tenant().provision(serving(`${busy.address}/app:1`))
    await expect(throttled).rejects.toMatchObject({ code: 'throttled', retryable: true })
  })

  it('ends a pull that hangs as soon as it is cancelled', async () => {
    const image = await registry.publish('slow', { stall: true })
    const abort = new AbortController()
    const progress: string[] = []
    const pulling = bench
      .tenant()
      .provision(serving(image), { signal: abort.signal, onProgress: (message) => progress.push(message) })
    const outcome = expect(pulling).rejects.toMatchObject({ code: 'cancelled' })
    await vi.waitFor(() => expect(progress).toContain(`pulling image ${image}: 0 of 1 layers`), { timeout: 5_000 })
    const asked = performance.now()
    abort.abort()
    await outcome
    expect(performance.now() - asked).toBeLessThan(1_000)
  })

  it('keeps the old container when the new image cannot be pulled', async () => {
    const tenant = bench.tenant()
    await tenant.provision(greeter('old'))
    await tenant.settled()
    await expect(tenant.update(greeter('new', { image: `${registry.address}/absent:1` }))).rejects.toMatchObject({
      code: 'update_failed',
      instanceUsable: true,
      details: { reason: 'image_not_found' },
    })
    expect(await greetingAt(await tenant.settled(greeter('old')))).toBe('old')
  })
})
