import { expect, test } from 'vitest'
import { callsOf, failuresOf, outcomeOf } from '../__fixtures__/faults-of.ts'
import { leftIn } from '../__fixtures__/left-in.ts'
import { startWithFileSystem } from '../__fixtures__/start-with-file-system.ts'

const start = () => startWithFileSystem({ emulator: { runtime: 'simulated' } })

test('a volume costs one call, and its removal another', async () => {
  const { dockerode, emulator } = await start()
  expect(await callsOf(emulator, () => dockerode.createVolume({ Name: 'data' }))).toEqual(['CreateAccessPoint'])
  expect(await callsOf(emulator, () => dockerode.getVolume('data').remove())).toEqual(['DeleteAccessPoint'])
})

test.each(failuresOf(['CreateAccessPoint']))(
  'a volume that cannot be made ($how) leaves nothing behind, and can be made later',
  async ({ begin, said }) => {
    const { dockerode, emulator } = await start()
    const recover = begin(emulator)
    expect(await outcomeOf(dockerode.createVolume({ Name: 'data' }))).toMatch(said)
    recover()
    // What may have been made is shown, and goes when it is removed.
    const { Volumes } = await dockerode.listVolumes()
    for (const { Name } of Volumes) await dockerode.getVolume(Name).remove()
    expect(await leftIn({ emulator })).toEqual([])
    await dockerode.createVolume({ Name: 'data' })
    expect(await leftIn({ emulator })).toEqual(['data'])
  },
)

test.each(failuresOf(['DeleteAccessPoint']))(
  'a volume that cannot be removed ($how) is removed by another try',
  async ({ begin, said }) => {
    const { dockerode, emulator } = await start()
    await dockerode.createVolume({ Name: 'data' })
    const recover = begin(emulator)
    const outcome = await outcomeOf(dockerode.getVolume('data').remove())
    expect(outcome).toMatch(said)
    recover()
    if (outcome !== 'done') await dockerode.getVolume('data').remove()
    expect(await leftIn({ emulator })).toEqual([])
  },
)
