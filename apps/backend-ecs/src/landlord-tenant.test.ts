import { createHash } from 'node:crypto'
import { type ConformanceHarness, conformance, startSilentServer } from '@landlord/provider-conformance'
import { createDockerProvider, type DockerProviderOptions, dockerCapabilities } from '@landlord/provider-docker'
import { httpServerConfig, listLabelled, NO_ENGINE, watchedEngine } from '@landlord/test-engine'
import { describe, expect, it, onTestFinished } from 'vitest'
import { engine, SPEED, startTestBackend } from './__fixtures__/start-test-backend.ts'

const ADOPTION = 'an adopted container keeps its mark in a volume, and this account has no file system'
/** Parts of the provider contract that are not run here, by their names in the suite, with the reason. */
const NOT_HERE: Readonly<Record<string, string>> = {
  'the plan of an adoption tells the same each time, and writes nothing': ADOPTION,
  'what is adopted as it runs goes on running, is found, and has nothing to be updated': ADOPTION,
  'adopting twice, by another instance, is adopting once': ADOPTION,
  'what was adopted is updated and destroyed as any tenant, by a fresh instance': ADOPTION,
  'what belongs to another tenant or installation is not adopted': ADOPTION,
  'what is not there is not adopted': ADOPTION,
}

const skipNotHere = Object.assign(
  (name: string, body: () => Promise<void>, timeoutMs: number) => {
    const reason = NOT_HERE[name]
    if (reason === undefined) it(name, body, timeoutMs)
    else it.skip(`${name} (not here: ${reason})`, () => {})
  },
  { skip: it.skip },
)

if (engine === undefined) describe.skip(`a Landlord tenant on Fargate (${NO_ENGINE})`, () => {})
else {
  describe('a Landlord tenant of provider-docker on Fargate', () => {
    conformance({ describe, it: skipNotHere, expect, capabilities: dockerCapabilities, createHarness })
  })
}

/** A port on loopback where nobody listens. */
const NOBODY = 'tcp://127.0.0.1:1'

async function createHarness(): Promise<ConformanceHarness> {
  const begin = Date.now()
  // Times of tasks are emulated, and run ahead of ours.
  const now = (): Date => new Date(begin + (Date.now() - begin) * SPEED)
  const { dockerode, socketPath, image } = await startTestBackend()
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
    countWrites: () => handle.writes().length,
    async listRaw(tenantId) {
      const found = await listLabelled(dockerode, [`landlord.tenant_id=${tenantId}`])
      return await Promise.all(
        found.map(async ({ kind, id }) => {
          const labels =
            kind === 'container'
              ? (await dockerode.getContainer(id).inspect()).Config.Labels
              : ((await dockerode.getNetwork(id).inspect()).Labels ?? {})
          return { kind, id, labels }
        }),
      )
    },
  }
}
