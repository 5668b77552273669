import { createHash, randomUUID } from 'node:crypto'
import { type ConformanceHarness, conformance, startSilentServer } from '@landlord/provider-conformance'
import { createDockerProvider, type DockerProviderOptions, dockerCapabilities } from '@landlord/provider-docker'
import { httpServerConfig, listLabelled, NO_ENGINE, readLabels, watchedEngine } from '@landlord/test-engine'
import { describe, expect, it, onTestFinished } from 'vitest'
import { engine, SPEED } from './__fixtures__/start-test-backend.ts'
import { startWithFileSystem } from './__fixtures__/start-with-file-system.ts'

if (engine === undefined) describe.skip(`a Landlord tenant on Fargate (${NO_ENGINE})`, () => {})
else {
  describe('a Landlord tenant of provider-docker on Fargate', () => {
    conformance({ describe, it, expect, capabilities: dockerCapabilities, createHarness })
  })
}

/** A port on loopback where nobody listens. */
const NOBODY = 'tcp://127.0.0.1:1'

async function createHarness(): Promise<ConformanceHarness> {
  const begin = Date.now()
  // Times of tasks are emulated, and run ahead of ours.
  const now = (): Date => new Date(begin + (Date.now() - begin) * SPEED)
  const { dockerode, socketPath, image } = await startWithFileSystem()
  const pull = async (): Promise<void> => {
    const stream = await dockerode.pull(image)
    await new Promise((resolve) => dockerode.modem.followProgress(stream, resolve))
  }
  const silent = await startSilentServer()
  onTestFinished(() => silent.close())
  const handle = watchedEngine({ docker: dockerode, socketPath, apiVersion: '' })
  const installations = new Set<string>()
  const config = (greeting: string, more = {}) => ({
    image,
    ...httpServerConfig(),
    env: { GREETING: greeting },
    ports: [{ container_port: 8080, protocol: 'http' }],
    ...more,
  })
  return {
    createProvider({ installation, target }) {
      installations.add(installation)
      const settings = { label_prefix: 'conformance', stable_after_seconds: 0.3, host_options: false }
      const options: DockerProviderOptions = { installation, settings, environment: {}, now }
      if (target === 'live') return createDockerProvider({ ...options, docker: handle })
      const host = target === 'silent' ? `tcp://${silent.host}:${silent.port}` : NOBODY
      return createDockerProvider({ ...options, settings: { ...settings, host } })
    },
    config: config('a secret greeting'),
    changedConfig: config('another secret greeting', { resources: { memory: 64 } }),
    changedPaths: ['/env/GREETING', '/resources/memory'],
    secret: { name: 'TOKEN', valueFrom: 'env:LANDLORD_SECRET_TOKEN' },
    async createForeign(tenantId) {
      const [installation = ''] = installations
      const name = `conformance-${createHash('sha256').update(installation).digest('hex').slice(0, 8)}-${tenantId}`
      await pull()
      const created = await dockerode.createContainer({ name, Image: image, Cmd: ['sleep', '1000'] })
      await created.start()
      return { read: () => created.inspect().catch(() => undefined) }
    },
    async createAdoptable() {
      await pull()
      const { command, args } = httpServerConfig()
      const created = await dockerode.createContainer({
        name: `by-hand-${randomUUID()}`,
        Image: image,
        Entrypoint: command,
        Cmd: args,
        Env: ['GREETING=made by hand'],
        Labels: { team: 'theirs' },
        ExposedPorts: { '8080/tcp': {} },
        HostConfig: {
          RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
          Memory: 512 * 1024 * 1024,
          // It stops when it is told to.
          Init: true,
        },
      })
      await created.start()
      const read = async () => {
        const live = await created.inspect().catch(() => undefined)
        return live === undefined ? undefined : { id: live.Id, since: live.State.StartedAt }
      }
      return { resource: created.id, read }
    },
    countWrites: () => handle.writes().length,
    async listRaw(tenantId) {
      const found = await listLabelled(dockerode, [`landlord.tenant_id=${tenantId}`])
      return await Promise.all(
        found.map(async ({ kind, id }) => ({ kind, id, labels: await readLabels(dockerode, { kind, id }) })),
      )
    },
  }
}
