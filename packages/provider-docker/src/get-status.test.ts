import { ensureTestImage, findEngine, NO_ENGINE, TEST_IMAGE } from '@landlord/test-engine'
import { call, DockerBench, greeter, shell } from '@landlord/test-engine/docker-bench'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDockerProvider } from './docker-provider.ts'

const engine = await findEngine()

describe.skipIf(engine === undefined)(`status and logs (${engine === undefined ? NO_ENGINE : 'real engine'})`, () => {
  if (engine === undefined) return
  let bench: DockerBench
  beforeEach(async () => {
    bench = await DockerBench.open(engine, createDockerProvider)
  })
  afterEach(async () => {
    await bench.close()
  })

  it('is certain before it says that a tenant is not there', async () => {
    await expect(bench.tenant().status()).rejects.toMatchObject({ code: 'tenant_not_found' })
  })

  it('recognises a crash loop and shows the last lines without secrets', async () => {
    const tenant = bench.tenant()
    await tenant.provision(
      shell('echo "cannot open $DATABASE_URL" >&2; exit 3', { env: { DATABASE_URL: 'pg://u:pw@db' } }),
    )
    const status = await tenant.settled()
    expect(status).toMatchObject({ state: 'failed', reason: 'crash_loop' })
    expect(status.message).toContain('cannot open [redacted]')
    expect(status.message).toContain('exit code 3')
    expect(status.message).not.toContain('pw@db')
  })

  it('hides each line of a value that has several', async () => {
    const tenant = bench.tenant()
    const env = { KEY: '-----BEGIN KEY-----\r\nMIIEowIBAAKCAQEA\n-----END KEY-----\n' }
    await tenant.provision(shell('echo "bad key: $KEY" >&2; exit 3', { env }))
    const status = await tenant.settled()
    expect(status.message).toContain('bad key: [redacted]')
    expect(status.message).not.toMatch(/BEGIN|MIIEow|END/)
  })

  it.each([
    [
      'out_of_memory',
      'failed',
      // It outlives what was killed: an engine that hears of the end first never says that memory was the cause.
      // The check, far off, keeps it from settling as running before that.
      shell('dd if=/dev/zero of=/dev/null bs=64M count=1; code=$?; sleep 1; exit $code', {
        resources: { memory: 8 },
        restart_policy: 'no',
        health_check: { command: ['true'], interval_seconds: 60 },
      }),
    ],
    ['exited', 'failed', shell('exit 5', { restart_policy: 'no' })],
    ['crash_loop', 'failed', shell('exit 5', { restart_policy: 'on-failure:1' })],
    ['command_failed', 'failed', { image: TEST_IMAGE, command: ['/no/such/program'] }],
    [
      'unhealthy',
      'failed',
      shell('sleep 1000', { health_check: { command: ['false'], interval_seconds: 1, retries: 1 } }),
    ],
    [undefined, 'stopped', shell('exit 0', { restart_policy: 'on-failure' })],
  ])('settles as it ends: %s', async (reason, state, config) => {
    const tenant = bench.tenant()
    await tenant.provision(config)
    const status = await tenant.settled()
    const idle = state === 'stopped' ? 'finished' : undefined
    expect(status).toMatchObject({ state, ...(reason === undefined ? {} : { reason }) })
    expect(status.idle).toBe(idle)
  })

  it('waits for the health check of the image', async () => {
    const image = 'landlord-test/healthy:latest'
    await ensureTestImage(engine.docker, {
      name: image,
      changes: [
        'HEALTHCHECK --interval=1s CMD ["test", "-f", "/tmp/ok"]',
        'CMD ["sh", "-c", "sleep 1; touch /tmp/ok; sleep 1000"]',
      ],
    })
    const tenant = bench.tenant()
    await tenant.provision({ image })
    expect(await tenant.status()).toMatchObject({ state: 'starting', health: 'starting', settled: false })
    expect(await tenant.settled()).toMatchObject({ state: 'running', health: 'healthy' })
  })

  it('reads the port again after every start', async () => {
    const tenant = bench.tenant()
    await tenant.provision(greeter('hello'))
    const before = (await tenant.settled()).endpoints
    const [container] = await bench.containers(tenant.id)
    await engine.docker.getContainer(container?.Id ?? '').stop()
    const stopped = await tenant.settled()
    expect(stopped).toMatchObject({ state: 'stopped', endpoints: [] })
    expect(stopped).not.toHaveProperty('idle')
    await tenant.provision(greeter('hello'))
    const after = (await tenant.settled()).endpoints
    expect(after).toHaveLength(1)
    expect(after).not.toEqual(before)
  })

  it('observes what somebody changed by hand, and the accepted wording for the rest', async () => {
    const config = greeter('hello', {
      image: 'docker.io/landlord-test/busybox',
      resources: { memory: 64 },
      pull_policy: 'never',
    })
    const tenant = bench.tenant()
    await tenant.provision(config)
    expect((await tenant.settled()).observedConfig).toEqual(config)
    const [container] = await bench.containers(tenant.id)
    await engine.docker.getContainer(container?.Id ?? '').update({ Memory: 32 << 20, MemorySwap: 32 << 20 })
    expect((await tenant.status()).observedConfig).toEqual({ ...config, resources: { memory: 32, pids: 1024 } })
    expect(await tenant.update(config)).toMatchObject({
      changes: [{ path: '/resources/memory', from: 32, to: 64, effect: 'in_place' }],
    })
  })

  it('reads both streams line by line, the last ones, and those after a moment', async () => {
    const tenant = bench.tenant()
    const long = 'x'.repeat(16_384)
    await tenant.provision(
      shell(
        `echo one; sleep 0.1; echo two >&2; sleep 0.1; printf '%s\\n' ${'x'.repeat(40_000)}; echo four; sleep 1000`,
      ),
    )
    await tenant.settled()
    const provider = bench.provider()
    const read = async (options: { tail?: number; since?: string }) => {
      const lines = []
      for await (const line of provider.readLogs?.(tenant.ref(), { ...call({}), ...options }) ?? []) lines.push(line)
      return lines
    }
    const all = await read({})
    expect(all.map(({ stream, text }) => [stream, text])).toEqual([
      ['stdout', 'one'],
      ['stderr', 'two'],
      ['stdout', long],
      ['stdout', 'four'],
    ])
    expect((await read({ tail: 1 })).map(({ text }) => text)).toEqual(['four'])
    expect((await read({ since: all[1]?.timestamp ?? '' })).map(({ text }) => text)).toEqual([long, 'four'])
    const inOtherWords = (all[1]?.timestamp ?? '').replace('Z', '+00:00')
    expect((await read({ since: inOtherWords })).map(({ text }) => text)).toEqual([long, 'four'])
    // The same moment on a clock five hours ahead reads as a later text.
    const ahead = new Date(Date.parse(all[1]?.timestamp ?? '') + 5 * 3_600_000).toISOString().replace('Z', '+05:00')
    expect((await read({ since: ahead })).map(({ text }) => text)).toEqual([long, 'four'])
  })

  it('follows the output until the container ends', async () => {
    const tenant = bench.tenant()
    await tenant.provision(shell('for i in 1 2 3; do echo $i; sleep 0.3; done', { restart_policy: 'no' }))
    const lines: string[] = []
    for await (const { text } of bench.provider().readLogs?.(tenant.ref(), { ...call({}), follow: true }) ?? [])
      lines.push(text)
    expect(lines).toEqual(['1', '2', '3'])
  })
})
