import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readConfigInput } from './read-config-input.ts'

let cwd: string
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'll-config-'))
  writeFileSync(join(cwd, 'app one.yaml'), 'image: from-file\n')
})
afterAll(() => rmSync(cwd, { recursive: true }))

const read = (value: string, stdin = '') => readConfigInput(value, { cwd, stdin: Readable.from([stdin]) })

it('reads a path, @path and file://, relative and absolute, and stdin', async () => {
  const fromFile = { image: 'from-file' }
  expect(await read('app one.yaml')).toEqual(fromFile)
  expect(await read('@app one.yaml')).toEqual(fromFile)
  expect(await read('file://app%20one.yaml')).toEqual(fromFile)
  expect(await read(`file://${cwd}/app%20one.yaml`)).toEqual(fromFile)
  expect(await read('-', '{"image":"from-stdin"}')).toEqual({ image: 'from-stdin' })
  expect(await read('{"image":"inline"}')).toEqual({ image: 'inline' })
})

it('names the file that does not exist', async () => {
  await expect(read('@nope.yaml')).rejects.toThrow(`${join(cwd, 'nope.yaml')} does not exist`)
})

it('does not wait for somebody to type a configuration', async () => {
  const stdin = Object.assign(Readable.from([]), { isTTY: true })
  await expect(readConfigInput('-', { cwd, stdin })).rejects.toThrow('nothing is piped')
})
