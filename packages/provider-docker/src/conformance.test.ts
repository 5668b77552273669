import { randomUUID } from 'node:crypto'
import { type ConformanceHarness, conformance, startSilentServer } from '@landlord/provider-conformance'
import {
  ensureTestImage,
  findEngine,
  httpServerConfig,
  listLabelled,
  NO_ENGINE,
  readLabels,
  removeLabelled,
  TEST_IMAGE,
  type TestEngine,
  watchedEngine,
} from '@landlord/test-engine'
import { greeter } from '@landlord/test-engine/docker-bench'
import { describe, expect, it } from 'vitest'
import { dockerCapabilities } from './docker-capabilities.ts'
import { createDockerProvider } from './docker-provider.ts'
import { resourceNames } from './resource-names.ts'

const engine = await findEngine()

if (engine === undefined) describe.skip(`conformance (${NO_ENGINE})`, () => {})
else {
  conformance({ describe, it, expect, capabilities: dockerCapabilities, createHarness: () => createHarness(engine) })
}

/** A port on loopback where nobody listens. */
const NOBODY = 'tcp://127.0.0.1:1'

async function createHarness({ docker, socketPath }: TestEngine): Promise<ConformanceHarness> {
  await ensureTestImage(docker)
  const silent = await startSilentServer()
  const handle = watchedEngine({ docker, socketPath, apiVersion: '' })
  const installations = new Set<string>()
  const foreign: { remove(): Promise<unknown> }[] = []
  return {
    createProvider({ installation, target }) {
      installations.add(installation)
      const settings = { label_prefix: 'conformance', stable_after_seconds: 0.3 }
      if (target === 'live') return createDockerProvider({ installation, settings, docker: handle, environment: {} })
      const host = target === 'silent' ? `tcp://${silent.host}:${silent.port}` : NOBODY
      return createDockerProvider({ installation, settings: { ...settings, host }, environment: {} })
    },
    config: greeter('a secret greeting'),
    changedConfig: greeter('another secret greeting', { resources: { memory: 64 } }),
    changedPaths: ['/env/GREETING', '/resources/memory'],
    invalidConfigs: [
      {},
      { image: '' },
      greeter('x', { network_mode: 'host' }),
      greeter('x', { cap_add: ['SYS_ADMIN'] }),
      greeter('x', { volumes: [{ type: 'bind', source: '/etc', target: '/etc' }] }),
      greeter('x', { privileged: true }),
    ],
    secret: { name: 'TOKEN', valueFrom: 'env:LANDLORD_SECRET_TOKEN' },
    countWrites: () => handle.writes().length,
    async listRaw(tenantId) {
      const found = await listLabelled(docker, [`landlord.tenant_id=${tenantId}`])
      return await Promise.all(
        found.map(async ({ kind, id }) => ({ kind, id, labels: await readLabels(docker, { kind, id }) })),
      )
    },
    async createForeign(tenantId) {
      const [installation = ''] = installations
      const { container } = resourceNames({ labelPrefix: 'conformance', installation, tenantId })
      const created = await docker.createContainer({ name: container, Image: TEST_IMAGE, Cmd: ['sleep', '1000'] })
      foreign.push({ remove: () => created.remove({ force: true }) })
      await created.start()
      return { read: () => created.inspect().catch(() => undefined) }
    },
    async createAdoptable() {
      const { command, args } = httpServerConfig()
      const created = await docker.createContainer({
        name: `by-hand-${randomUUID()}`,
        Image: TEST_IMAGE,
        Entrypoint: command,
        Cmd: args,
        Env: ['GREETING=made by hand'],
        Labels: { team: 'theirs' },
        ExposedPorts: { '8080/tcp': {} },
        HostConfig: {
          PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
          RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
          Memory: 128 * 1024 * 1024,
        },
      })
      foreign.push({ remove: () => created.remove({ force: true }) })
      await created.start()
      const read = async () => {
        const live = await created.inspect().catch(() => undefined)
        return live === undefined ? undefined : { id: live.Id, since: live.State.StartedAt, pid: live.State.Pid }
      }
      return { resource: created.id, read }
    },
    async dispose() {
      await Promise.allSettled(foreign.map((each) => each.remove()))
      for (const each of installations) await removeLabelled(docker, [`landlord.installation=${each}`])
      await silent.close()
    },
  }
}
