// What somebody writes who installs the ECS provider and the emulator: a tenant's life, without a control plane or an account.
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { type AwsClients, createAwsClients } from '@landlord/aws-config'
import { silentLogger, type TenantComputeSpec } from '@landlord/compute-core'
import { createManualClock, startEcsEmulator } from '@landlord/ecs-emulator'
import { createEcsProvider } from '@landlord/provider-ecs'

const clock = createManualClock()
const emulator = await startEcsEmulator({ clock })
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
const ecs = new ECSClient({ endpoint: emulator.url, region: emulator.region, credentials })
const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: 'main' }))
const { taskDefinition } = await ecs.send(
  new RegisterTaskDefinitionCommand({
    family: 'web',
    containerDefinitions: [{ name: 'web', image: 'web:1', memory: 64 }],
  }),
)

const clients: AwsClients = createAwsClients({ credentials: async () => credentials })
const provider = createEcsProvider({
  installation: 'street',
  settings: { endpoint_url: emulator.url },
  clients,
  now: () => new Date(clock.now()),
})
const spec: TenantComputeSpec = {
  tenantId: 'acme',
  providerType: 'ecs',
  containers: [],
  providerConfig: {
    cluster_arn: cluster?.clusterArn ?? '',
    task_definition_arn: taskDefinition?.taskDefinitionArn ?? '',
    launch_type: 'EC2',
  },
}
const options = { signal: new AbortController().signal, logger: silentLogger, operationId: 'op-1', generation: 1 }
const { providerConfig, tenantId } = spec
let { resourceIds } = await provider.provision(spec, options)
clock.advance(60_000)
const { state, settled } = await provider.getStatus({ tenantId, providerConfig, resourceIds }, options)
let destroyed = await provider.destroy({ tenantId, providerConfig, resourceIds }, options)
const first = destroyed.status
for (let step = 0; destroyed.status !== 'destroyed' && step < 20; step += 1) {
  clock.advance(30_000)
  resourceIds = destroyed.resourceIds
  destroyed = await provider.destroy({ tenantId, providerConfig, resourceIds }, options)
}
console.log(JSON.stringify({ state, settled, first, last: destroyed.status }))
await provider.close?.()
clients.close()
ecs.destroy()
await emulator.close()
