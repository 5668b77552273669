import { expect, it } from 'vitest'
import { demultiplexLogs } from './demultiplex-logs.ts'

const TIME = '2026-11-26T12:00:00.123Z'
const LIMIT_BYTES = 16_384

/** As the engine frames a message. */
function frame(body: string | Buffer, stream: 1 | 2 = 1): Buffer {
  const payload = Buffer.concat([Buffer.from('2026-11-26T12:00:00.123456789Z '), Buffer.from(body)])
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

async function* sourceOf(...frames: Buffer[]): AsyncGenerator<Buffer> {
  yield* frames
}

async function textsOf(...frames: Buffer[]): Promise<string[]> {
  const texts: string[] = []
  for await (const { text } of demultiplexLogs(sourceOf(...frames))) texts.push(text)
  return texts
}

it('gives lines as they were written, each stream by itself, and what has no line break at the end', async () => {
  const lines = []
  for await (const line of demultiplexLogs(sourceOf(frame('on'), frame('bad\r\n', 2), frame('e\n'), frame('rest')))) {
    lines.push(line)
  }
  expect(lines).toEqual([
    { timestamp: TIME, stream: 'stderr', text: 'bad' },
    { timestamp: TIME, stream: 'stdout', text: 'one' },
    { timestamp: TIME, stream: 'stdout', text: 'rest' },
  ])
})

it('puts together what the engine parts in the middle of a character', async () => {
  const bytes = Buffer.from('grüß\n')
  expect(await textsOf(frame(bytes.subarray(0, 3)), frame(bytes.subarray(3)))).toEqual(['grüß'])
})

it.each([
  ['at the limit', 'x'.repeat(LIMIT_BYTES), 'x'.repeat(LIMIT_BYTES)],
  ['above it', 'x'.repeat(LIMIT_BYTES + 1), 'x'.repeat(LIMIT_BYTES)],
  ['in the middle of a character', `x${'ü'.repeat(LIMIT_BYTES / 2)}`, `x${'ü'.repeat(LIMIT_BYTES / 2 - 1)}`],
])('cuts a line that is longer than 16 KiB, here %s, and goes on with the next', async (_, text, expected) => {
  const bytes = Buffer.from(`${text}\n`)
  const parts = [frame(bytes.subarray(0, LIMIT_BYTES)), frame(bytes.subarray(LIMIT_BYTES)), frame('next\n')]
  expect(await textsOf(...parts)).toEqual([expected, 'next'])
  expect(await textsOf(frame(bytes), frame('next\n'))).toEqual([expected, 'next'])
})

it('does not wait for the end of a line that never ends', async () => {
  let sent = 0
  async function* endless(): AsyncGenerator<Buffer> {
    for (; sent < 100; sent += 1) yield frame('x'.repeat(LIMIT_BYTES / 2))
  }
  const lines = demultiplexLogs(endless())
  expect((await lines.next()).value).toMatchObject({ text: 'x'.repeat(LIMIT_BYTES) })
  expect(sent).toBe(1)
  expect((await lines.next()).done).toBe(true)
})
