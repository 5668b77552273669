import { expect, onTestFinished, test } from 'vitest'
import type { BackendDeps } from '../../backend-deps.ts'
import { openStateStore } from '../../store/state-store.ts'
import { createImageRecords } from '../image-records.ts'
import type { RegistryConnection } from '../registry-connection.ts'
import { createKeeper } from './keep-loaded-image.ts'
import type { MeasuredFile } from './measure.ts'

const LAYER: MeasuredFile = { path: '', size: 7, digest: `sha256:${'b'.repeat(64)}` }
const CONFIG: MeasuredFile = { path: '', size: 3, digest: `sha256:${'c'.repeat(64)}` }

/** A repository that does with a pushed manifest as it is told, and an AWS that is away, or has forgotten everything. */
function makeKeeper(onPush: (records: readonly string[]) => Response | Promise<Response>, { isAway = true } = {}) {
  const store = openStateStore(':memory:')
  onTestFinished(() => store.close())
  const aws = {
    ecr: () => {
      if (isAway) throw new Error('AWS is away')
      return { send: async () => ({}) }
    },
  } as unknown as BackendDeps['aws']
  const images = createImageRecords({ aws, store })
  const references = () => images.list().map(({ reference }) => reference)
  const connection: RegistryConnection = {
    send: async (_repository, { method }) =>
      method === 'HEAD' ? new Response(null, { status: 404 }) : await onPush(references()),
  }
  const keeper = createKeeper(
    { aws, images, instance: 'mine', now: () => new Date(), settings: {} as BackendDeps['settings'] },
    {
      image: { tags: ['app:1', 'app:2'], config: CONFIG, configuration: {}, layers: [] },
      repository: { registry: 'localhost:1', repository: 'loaded' },
      signal: AbortSignal.timeout(10_000),
      connection,
      client: {} as never,
    },
  )
  return { keeper, references }
}

const NAMELESS = [expect.stringMatching(/^localhost:1\/loaded@sha256:[0-9a-f]{64}$/)]

test('an image is known before it is pushed, and gets its names when it is there', async () => {
  let before: readonly string[] = []
  const { keeper, references } = makeKeeper((records) => {
    before = records
    return new Response(null, { status: 201 })
  })
  expect(await keeper.keep([LAYER])).toHaveLength(2)
  expect(before).toEqual(NAMELESS)
  expect(references()).toEqual(['docker.io/library/app:1', 'docker.io/library/app:2'])
})

test('what may be in ECR after a push without an answer is left to a prune', async () => {
  const { keeper, references } = makeKeeper(() => {
    throw new Error('connection reset')
  })
  await expect(keeper.keep([LAYER])).rejects.toThrow('connection reset')
  expect(references()).toEqual(NAMELESS)
})

test('what ECR will not have is not known either; what it may have is', async () => {
  for (const [status, expected] of [
    [403, []],
    [500, NAMELESS],
  ] as const) {
    const { keeper, references } = makeKeeper(() => new Response(null, { status }), { isAway: false })
    await expect(keeper.keep([LAYER])).rejects.toThrow(`push to localhost:1/loaded: ${status}`)
    expect(references()).toEqual(expected)
  }
})

test('an image that somebody has removed is to be pushed once more', async () => {
  const { keeper, references } = makeKeeper(() => new Response())
  expect(await keeper.keep(undefined)).toBeUndefined()
  expect(references()).toEqual([])
})
