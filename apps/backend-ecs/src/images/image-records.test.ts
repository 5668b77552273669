import { expect, onTestFinished, test } from 'vitest'
import type { ImageRecord } from '../store/records.ts'
import { openStateStore } from '../store/state-store.ts'
import { createImageRecords } from './image-records.ts'

const PULLED: ImageRecord = {
  reference: 'docker.io/library/app:1',
  id: `sha256:${'a'.repeat(64)}`,
  manifestDigest: `sha256:${'b'.repeat(64)}`,
  digest: `sha256:${'b'.repeat(64)}`,
  source: `docker.io/library/app@sha256:${'b'.repeat(64)}`,
  config: {},
  size: 1,
  layers: [],
  pulledAt: '2026-01-01T00:00:00Z',
}
const LOADED: ImageRecord = { ...PULLED, source: `localhost:1/loaded@sha256:${'c'.repeat(64)}`, loadedTag: 'mine-a' }

const ELSEWHERE: ImageRecord = { ...LOADED, source: LOADED.source.replace('loaded', 'other') }

test.each([
  ['pulled over', PULLED],
  ['loaded over into another repository', ELSEWHERE],
])('a loaded image whose name is %s is still known, be it the same image', (_how, later) => {
  const store = openStateStore(':memory:')
  onTestFinished(() => store.close())
  const images = createImageRecords({ aws: {} as never, store })
  images.keep(LOADED)
  images.keep(later)
  const kept = [later, { ...LOADED, reference: LOADED.source }]
  expect(images.list()).toHaveLength(kept.length)
  expect(images.list()).toEqual(expect.arrayContaining(kept))
})
