import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { readJsonLines } from './read-json-lines.ts'

test('the events come one by one, and what breaks the stream comes after them', async () => {
  const stream = new PassThrough()
  stream.write('{"id":"a"}\r\n\n{"id":"b"}\n')
  const events = readJsonLines(stream)
  expect((await events.next()).value).toEqual({ id: 'a' })
  expect((await events.next()).value).toEqual({ id: 'b' })
  stream.destroy(new Error('reset'))
  await expect(events.next()).rejects.toThrow('reset')
})

test.each([
  ['has heard enough', '{"error":"manifest unknown"}\n'],
  ['cannot read a line', 'no JSON\n'],
])('a connection that breaks after the reader %s breaks nothing', async (_why, line) => {
  const stream = new PassThrough()
  // As an aborted request does.
  stream._destroy = (_error, done) => done(null)
  stream.write(line)
  const readOne = async (): Promise<void> => {
    for await (const { error } of readJsonLines(stream)) throw new Error(error)
  }
  await expect(readOne()).rejects.toThrow()
  // Unheard, it would throw here.
  expect(() => stream.emit('error', new Error('reset'))).not.toThrow()
})
