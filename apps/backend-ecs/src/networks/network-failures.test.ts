import { expect, test } from 'vitest'
import { callsOf, failuresOf, outcomeOf } from '../__fixtures__/faults-of.ts'
import { leftIn } from '../__fixtures__/left-in.ts'
import { startTestBackend } from '../__fixtures__/start-test-backend.ts'

const CREATE = [
  'DescribeSubnets',
  'DescribeSecurityGroups',
  'CreateSecurityGroup',
  'AuthorizeSecurityGroupIngress',
  'Route53AutoNaming_v20170314.CreatePrivateDnsNamespace',
  'Route53AutoNaming_v20170314.GetOperation',
  'CreateTags',
]
const REMOVE = [
  'DeleteSecurityGroup',
  'Route53AutoNaming_v20170314.ListServices',
  'Route53AutoNaming_v20170314.DeleteNamespace',
  'Route53AutoNaming_v20170314.GetOperation',
]
const start = () => startTestBackend({ emulator: { runtime: 'simulated' } })

test('these are the calls that a network costs', async () => {
  const { dockerode, emulator } = await start()
  expect(await callsOf(emulator, () => dockerode.createNetwork({ Name: 'one' }))).toEqual(CREATE.toSorted())
  expect(await callsOf(emulator, () => dockerode.getNetwork('one').remove())).toEqual(REMOVE.toSorted())
})

test.each(failuresOf(CREATE))(
  'a network whose $operation fails ($how) leaves nothing behind, and can be made once the call works',
  async ({ begin, said }) => {
    const { dockerode, emulator } = await start()
    const recover = begin(emulator)
    expect(await outcomeOf(dockerode.createNetwork({ Name: 'one' }))).toMatch(said)
    recover()
    // What could not be taken down at once is shown, and goes when it is removed.
    for (const { Name = '' } of await dockerode.listNetworks({ filters: { name: ['one'] } }))
      await dockerode.getNetwork(Name).remove()
    expect(await leftIn({ emulator })).toEqual([])
    await dockerode.createNetwork({ Name: 'one' })
  },
)

test.each(failuresOf(REMOVE))(
  'a network whose removal fails at $operation ($how) is removed by another try',
  async ({ begin, said }) => {
    const { dockerode, emulator } = await start()
    await dockerode.createNetwork({ Name: 'one' })
    const recover = begin(emulator)
    const outcome = await outcomeOf(dockerode.getNetwork('one').remove())
    expect(outcome).toMatch(said)
    recover()
    if (outcome !== 'done') await dockerode.getNetwork('one').remove()
    expect(await leftIn({ emulator })).toEqual([])
  },
)
