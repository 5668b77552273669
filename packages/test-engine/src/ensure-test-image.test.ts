import { expect, it } from 'vitest'
import { ensureTestImage } from './ensure-test-image.ts'
import { findEngine, NO_ENGINE } from './find-engine.ts'

const engine = await findEngine()

it('imports an image once', async ({ skip, onTestFinished }) => {
  if (engine === undefined) return skip(NO_ENGINE)
  const image = engine.docker.getImage('landlord-test/once:latest')
  onTestFinished(async () => void (await image.remove({ force: true }).catch(() => undefined)))
  const options = { name: 'landlord-test/once:latest', changes: ['LABEL a=b', 'ENV GREETING=hello'] }
  await ensureTestImage(engine.docker, options)
  const { Id, Config } = await image.inspect()
  expect(Config).toMatchObject({ Labels: { a: 'b' }, Env: expect.arrayContaining(['GREETING=hello']) })
  await ensureTestImage(engine.docker, options)
  expect((await image.inspect()).Id).toBe(Id)
})
