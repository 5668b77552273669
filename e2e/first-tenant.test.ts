import { randomUUID } from 'node:crypto'
import {
  ensureTestImage,
  findEngine,
  httpServerConfig,
  listLabelled,
  NO_ENGINE,
  type TestEngine,
} from '@landlord/test-engine'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bodyOf, endpointIn, type LandlordDev, startLandlordDev, succeeded } from './support/landlord-dev.ts'

const found = await findEngine()

describe.skipIf(found === undefined)(`the first tenant on Docker${found ? '' : `: ${NO_ENGINE}`}`, () => {
  const engine = found as TestEngine
  let dev: LandlordDev
  let image: string
  beforeAll(async () => {
    image = await ensureTestImage(engine.docker)
    dev = await startLandlordDev({ environment: { LANDLORD_RECONCILE_ORPHAN_GRACE_SECONDS: '1' } })
  })
  afterAll(() => dev.close())

  const config = (greeting: string) =>
    JSON.stringify({ image, ...httpServerConfig(), env: { GREETING: greeting }, ports: [{ container_port: 8080 }] })
  const create = async (on: LandlordDev, name: string, greeting: string) =>
    endpointIn(
      await succeeded(
        on.landlord('create', '--tenant-name', name, '--provider', 'docker', '--config', config(greeting), '--wait'),
      ),
    )
  const idOf = async (name: string): Promise<string> =>
    JSON.parse(await succeeded(dev.landlord('get', name, '-o', 'json'))).id
  const ownedBy = (tenantId: string) => listLabelled(engine.docker, [`landlord.tenant_id=${tenantId}`])
  const containersOf = async (tenantId: string) => (await ownedBy(tenantId)).filter(({ kind }) => kind === 'container')

  it('is created, answers, is changed, answers with the change, and leaves no trace', async () => {
    expect(await bodyOf(await create(dev, 'acme', 'hello'))).toBe('hello')
    const id = await idOf('acme')
    const [container] = await containersOf(id)
    const { Config } = await engine.docker.getContainer(container?.id ?? '').inspect()
    const installation = `landlord.installation=${Config.Labels['landlord.installation']}`

    const changed = await succeeded(
      dev.landlord('set', 'acme', '--config', '{"env":{"GREETING":"good evening"}}', '--wait'),
    )
    expect(await bodyOf(endpointIn(changed))).toBe('good evening')
    expect(await containersOf(id)).toHaveLength(1)

    await succeeded(dev.landlord('delete', 'acme', '--wait'))
    expect(await listLabelled(engine.docker, [installation])).toEqual([])
    expect((await dev.landlord('get', 'acme')).code).toBe(3)
    expect(await succeeded(dev.landlord('events', id, '-o', 'json'))).toContain('tenant.deleted')
  })

  it('has its output read, and followed', async () => {
    const command = ['sh', '-c', 'echo hello; echo trouble >&2; while sleep 0.2; do echo more; done']
    const config = JSON.stringify({ image, command })
    await succeeded(dev.landlord('create', 'talker', '--provider', 'docker', '--config', config, '--wait'))
    const text = await succeeded(dev.landlord('logs', 'talker', '--tail', '1000'))
    expect(text).toMatch(/^(hello\ntrouble|trouble\nhello)\n/)
    const response = await fetch(`${dev.url}/v1/tenants/talker/logs?follow=true&tail=1`)
    let followed = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      followed += chunk
      if (followed.split('"text":"more"').length > 3) break
    }
    await succeeded(dev.landlord('delete', 'talker', '--wait', '--yes'))
    const gone = await dev.landlord('logs', 'talker')
    expect(gone.code).toBe(3)
  })

  it('is suspended, changed meanwhile, resumed with the change, restarted with the same, and not deleted while it is protected', async () => {
    const before = await create(dev, 'sleeper', 'one')
    const id = await idOf('sleeper')
    const run = (...words: string[]) => succeeded(dev.landlord(...words, 'sleeper', '--wait'))
    const running = async () => {
      const containers = await containersOf(id)
      expect(containers).toHaveLength(1)
      return (await engine.docker.getContainer(containers[0]?.id ?? '').inspect()).State.Running
    }
    expect(await run('suspend')).toContain('sleeper is suspended')
    expect(await running()).toBe(false)
    await expect(fetch(before)).rejects.toThrow()
    expect(await run('set', '--set', 'env.GREETING=two')).toContain('sleeper is suspended')
    expect(await running()).toBe(false)

    expect(await bodyOf(endpointIn(await run('resume')))).toBe('two')
    const [resumed] = await containersOf(id)
    expect(await bodyOf(endpointIn(await run('restart')))).toBe('two')
    const [restarted, ...others] = await containersOf(id)
    expect(others).toEqual([])
    expect(restarted?.id).not.toBe(resumed?.id)

    await succeeded(dev.landlord('set', 'sleeper', '--protect'))
    const refused = await dev.landlord('delete', 'sleeper')
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('deletion_protection')
    await succeeded(dev.landlord('set', 'sleeper', '--no-protect'))
    await run('delete')
    expect(await ownedBy(id)).toEqual([])
  })

  it('ends on the last change when everything is killed in the middle of it', async () => {
    await create(dev, 'phoenix', 'one')
    await succeeded(dev.landlord('set', 'phoenix', '--set', 'env.GREETING=two'))
    await dev.crash()
    await succeeded(dev.landlord('wait', 'phoenix', '--for', 'ready'))
    expect(await bodyOf(endpointIn(await succeeded(dev.landlord('get', 'phoenix'))))).toBe('two')
    expect(await containersOf(await idOf('phoenix'))).toHaveLength(1)
    await succeeded(dev.landlord('delete', 'phoenix', '--wait'))
  })

  it('keeps serving the instance from before when an update cannot work', async () => {
    const endpoint = await create(dev, 'sturdy', 'steady')
    const broken = ['--set', 'image=landlord-test/no-such-image:1', '--set', 'pull_policy=never']
    const failed = await dev.landlord('set', 'sturdy', ...broken, '--wait')
    expect(failed.code).toBe(7)
    expect(failed.stderr).toContain('no-such-image')
    expect(await bodyOf(endpoint)).toBe('steady')
    await succeeded(dev.landlord('set', 'sturdy', '--set', `image=${image}`, '--wait'))
    await succeeded(dev.landlord('delete', 'sturdy', '--wait'))
  })

  it('shows what carries its marks and belongs to no tenant, and destroys that and nothing else when told to', async () => {
    await create(dev, 'keeper', 'still here')
    const [kept] = await containersOf(await idOf('keeper'))
    const { Config } = await engine.docker.getContainer(kept?.id ?? '').inspect()
    // As after a restored backup: the container is there, and nobody knows the tenant.
    const lost = randomUUID()
    const labels = { ...Config.Labels, 'landlord.tenant_id': lost }
    const name = `lost-${lost.slice(0, 8)}`
    await engine.docker.createContainer({ _query: { name }, _body: { Image: image, Labels: labels } } as never)
    await vi.waitFor(async () => expect(await succeeded(dev.landlord('orphans', '--scan'))).toContain(name), {
      timeout: 20_000,
      interval: 500,
    })
    expect((await dev.landlord('orphans', '--delete')).code).toBe(64)
    expect(await succeeded(dev.landlord('orphans', '--delete', '--yes'))).toContain(`orphan-${lost} is gone`)
    expect(await ownedBy(lost)).toEqual([])
    expect(await containersOf(await idOf('keeper'))).toEqual([kept])
    expect(await succeeded(dev.landlord('events', lost))).toContain('orphan.delete_requested')
    await succeeded(dev.landlord('delete', 'keeper', '--wait'))
  })

  it('takes a container that runs already into a tenant, and the same process goes on', async () => {
    const { command, args } = httpServerConfig()
    const name = `by-hand-${randomUUID().slice(0, 8)}`
    const body = {
      Image: image,
      Entrypoint: command,
      Cmd: args,
      Env: ['GREETING=by hand'],
      ExposedPorts: { '8080/tcp': {} },
      HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
    }
    const { id } = await engine.docker.createContainer({ _query: { name }, _body: body } as never)
    const container = engine.docker.getContainer(id)
    await container.start()
    const { Pid, StartedAt } = (await container.inspect()).State
    const adopt = ['adopt', 'heir', '--provider', 'docker', '--resource', name]
    expect(await succeeded(dev.landlord(...adopt, '--dry-run'))).toContain('It is taken as it runs.')
    expect((await dev.landlord(...adopt)).code).toBe(64)
    const adopted = await succeeded(dev.landlord(...adopt, '--yes'))
    expect((await container.inspect()).State).toMatchObject({ Pid, StartedAt })
    const [address] = /127\.0\.0\.1:\d+/.exec(adopted) ?? []
    expect(await bodyOf(`http://${address}`)).toBe('by hand')
    const changed = [
      'set',
      'heir',
      '--config',
      '{"env":{"GREETING":"inherited"},"ports":[{"container_port":8080,"protocol":"http"}]}',
    ]
    expect(await bodyOf(endpointIn(await succeeded(dev.landlord(...changed, '--wait'))))).toBe('inherited')
    const heir = await idOf('heir')
    await succeeded(dev.landlord('delete', 'heir', '--wait'))
    expect(await ownedBy(heir)).toEqual([])
    await expect(container.inspect()).rejects.toMatchObject({ statusCode: 404 })
  })

  it('never touches the containers of another control plane on the same engine', async () => {
    const other = await startLandlordDev()
    try {
      const [here, there] = [await create(dev, 'twin', 'here'), await create(other, 'twin', 'there')]
      expect([await bodyOf(here), await bodyOf(there)]).toEqual(['here', 'there'])
      await succeeded(dev.landlord('delete', 'twin', '--wait'))
      expect(await bodyOf(there)).toBe('there')
      await succeeded(other.landlord('delete', 'twin', '--wait'))
    } finally {
      await other.close()
    }
  })
})
