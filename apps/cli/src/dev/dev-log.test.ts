import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openDevLog } from './dev-log.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'll-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const quiet = { level: 'info', isVerbose: false, hasColors: false, onFailure: () => {} } as const

it('keeps secrets out of the file, as the server does', async () => {
  const file = join(makeFolder(), 'landlord.log')
  const log = await openDevLog(file, quiet)
  log.logger.info({ tenant: 'acme', token: 'hush', desired: { compute_config: { env: { KEY: 'hush' } } } }, 'accepted')
  await log.close()
  const text = readFileSync(file, 'utf8')
  expect(JSON.parse(text)).toMatchObject({ tenant: 'acme', msg: 'accepted', token: '[redacted]' })
  expect(text).not.toContain('hush')
})

it('begins a new file while running, keeps three full ones, and all are for their owner alone', async () => {
  const folder = makeFolder()
  const log = await openDevLog(join(folder, 'landlord.log'), { ...quiet, largestFile: '1K' })
  for (let line = 0; line < 200; line++) log.logger.info({ line }, 'a line of the log')
  await log.close()
  const files = readdirSync(folder).toSorted()
  expect(files).toEqual(['landlord.log', 'landlord.log.1', 'landlord.log.2', 'landlord.log.3'])
  for (const file of files) {
    const { size, mode } = statSync(join(folder, file))
    expect(size).toBeLessThan(2048)
    expect((mode & 0o777).toString(8)).toBe('600')
  }
  expect(files.map((file) => readFileSync(join(folder, file), 'utf8')).join('')).toContain('"line":199')
})

it('tells when the file cannot be written, and goes on', async () => {
  const onFailure = vi.fn()
  const folder = makeFolder()
  const log = await openDevLog(folder, { ...quiet, onFailure })
  log.logger.info('into a folder')
  await vi.waitFor(() => expect(onFailure).toHaveBeenCalledOnce())
  log.logger.info('once more')
  await log.close()
})
