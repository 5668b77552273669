import { isDeepStrictEqual } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { CREDENTIALS, operation, startTimedFleet, type TimedFleet } from './__fixtures__/start-fleet.ts'
import type { AwsCallTarget, AwsClientFactory } from './aws-client-factory.ts'
import { createDefaultAwsClients } from './default-aws-clients.ts'
import { createEcsProvider } from './ecs-provider.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

const role_arn = 'arn:aws:iam::000000000000:role/landlord'
const external_id = 'an-external-id'

/** Notes who is to be assumed, and hands out clients of the emulator. */
function recordingClients() {
  const own = createDefaultAwsClients({ credentials: CREDENTIALS })
  const roles: AwsCallTarget['role'][] = []
  const clients: AwsClientFactory = {
    get(Client, access, { role, ...target }) {
      roles.push(role)
      return own.get(Client, access, target)
    },
  }
  return { clients, roles, close: own.close }
}

function createProvider(clients: AwsClientFactory) {
  const settings = { endpoint_url: fleet.emulator.url, cluster_arn: fleet.clusterArn, allowed_role_arns: [role_arn] }
  return createEcsProvider({
    installation: 'test',
    clients,
    settings: { ...settings, assume_role: { role_arn, external_id } },
    now: () => new Date(fleet.emulator.control.now()),
  })
}

it('every request of a tenant is made as its role, in the name of installation and tenant', async () => {
  const { clients, roles, close } = recordingClients()
  const provider = createProvider(clients)
  const assume_role = { role_arn, external_id }
  const tenant = fleet.tenant({ provider, config: fleet.config({ assume_role, assign_public_ip: true }) })
  const said: unknown[] = [await tenant.provision(), await tenant.settle()]
  said.push(await tenant.update({ providerConfig: fleet.config({ assume_role, task_definition_arn: fleet.web[1] }) }))
  await tenant.gone()
  const sessionName = `landlord-test-${tenant.spec.tenantId}`
  const role = { roleArn: role_arn, sessionName, externalId: external_id }
  expect(roles.length).toBeGreaterThan(0)
  expect(roles.filter((each) => !isDeepStrictEqual(each, role))).toEqual([])
  const { observedConfig: _, ...status } = said[1] as { observedConfig: unknown }
  expect(JSON.stringify([said[0], status, said[2]])).not.toContain(external_id)
  await provider.close?.()
  close()
})

it('the list of what is owned is read as the role of the settings', async () => {
  const { clients, roles, close } = recordingClients()
  const provider = createProvider(clients)
  for await (const _ of provider.listOwned?.(operation()) ?? []) expect.unreachable('nothing is owned yet')
  expect(roles).toMatchObject([{ roleArn: role_arn, externalId: external_id }])
  await provider.close?.()
  close()
})

it('a provider takes either credentials or clients, and a profile only with clients that use it', () => {
  const { clients, close } = recordingClients()
  expect(() => createEcsProvider({ installation: 'test', clients, credentials: CREDENTIALS })).toThrow(/either/)
  expect(() => createEcsProvider({ installation: 'test', settings: { profile: 'ops' } })).toThrow(/AWS_PROFILE/)
  expect(() => createEcsProvider({ installation: '' })).toThrow(TypeError)
  close()
})
