import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import Docker from 'dockerode'
import { expect, it } from 'vitest'
import { readOutput } from './read-output.ts'

const KIB = 1024

async function linesOf(chunks: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = []
  await readOutput(new Docker(), Readable.from(chunks), true, (line) => lines.push(line))
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
  await readOutput(new Docker(), endless, true, (line) => lines.push(line))
  expect(seen).toBeGreaterThan(1)
  expect(lines.map(({ length }) => length)).toEqual([...Array(6).fill(16 * KIB), 4 * KIB, 3])
})
