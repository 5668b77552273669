import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { readOutput } from './read-output.ts'

const KIB = 1024

async function linesOf(chunks: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = []
  await readOutput(Readable.from(chunks), true, (line) => lines.push(line))
  return lines
}

it('reads lines however they arrive', async () => {
  const text = Buffer.from('one\r\ntwo\n\nmüde')
  const bytes = [...text].map((byte) => Buffer.from([byte]))
  expect(await linesOf([text])).toEqual(['one', 'two', '', 'müde'])
  expect(await linesOf(bytes)).toEqual(['one', 'two', '', 'müde'])
  expect(await linesOf([])).toEqual([])
})

it('cuts a line that does not end, instead of keeping all of it', async () => {
  const lines: string[] = []
  let seen = 0
  const endless = Readable.from(
    (async function* () {
      for (let count = 0; count < 100; count += 1) {
        await setImmediate()
        seen = Math.max(seen, lines.length)
        yield Buffer.alloc(KIB, 'x')
      }
      yield Buffer.from('\nend\n')
    })(),
  )
  await readOutput(endless, true, (line) => lines.push(line))
  expect(seen).toBeGreaterThan(1)
  expect(lines.map(({ length }) => length)).toEqual([...Array(6).fill(16 * KIB), 4 * KIB, 3])
})

it('takes any number of short frames in one piece', async () => {
  const frame = Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, 0x78, 0x0a])
  const [count, cut] = [20_000, 7]
  const all = Buffer.concat(Array.from({ length: count }, () => frame))
  let lines = 0
  await readOutput(Readable.from([all.subarray(0, -cut), all.subarray(-cut)]), false, () => {
    lines += 1
  })
  expect(lines).toBe(count)
})
