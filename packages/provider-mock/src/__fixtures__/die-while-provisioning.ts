// Run as a process of its own: provisions one tenant and dies at the crash point, without a word to anybody.
import { silentLogger } from '@landlord/compute-core'
import { createMockProvider, createMockWorld } from '../index.ts'

const [file = '', tenantId = '', point = ''] = process.argv.slice(2)
const provider = createMockProvider({
  installation: 'test',
  world: createMockWorld({ file }),
  onCrashPoint: () => void process.kill(process.pid, 'SIGKILL'),
})
await provider.provision(
  { tenantId, providerType: 'mock', containers: [], providerConfig: { mock: { crash_points: [point] } } },
  { signal: new AbortController().signal, logger: silentLogger, operationId: 'one', generation: 1 },
)
