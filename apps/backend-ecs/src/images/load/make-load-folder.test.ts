import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeLoadFolder } from './make-load-folder.ts'

test('folders that were left behind go after a day, and nothing else does', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'load-folders-'))
  onTestFinished(() => rm(parent, { recursive: true }))
  const now = new Date('2026-01-02T00:00:00Z')
  for (const [name, at] of [
    ['backend-ecs-load-old', '2026-01-01T00:00:00Z'],
    ['backend-ecs-load-young', '2026-01-01T00:00:01Z'],
    ['other', '2020-01-01T00:00:00Z'],
  ] as const) {
    await mkdir(join(parent, name, 'more'), { recursive: true })
    await utimes(join(parent, name), new Date(at), new Date(at))
  }
  const folder = await makeLoadFolder(parent, now)
  expect(new Set(await readdir(parent))).toEqual(
    new Set(['backend-ecs-load-young', 'other', folder.slice(parent.length + 1)]),
  )
})
