import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runLandlord } from '../__fixtures__/run-landlord.ts'

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'll-check-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'landlord.yaml'), text)
  return folder
}

it('prints every setting with its source, and no secret', async () => {
  const cwd = folderWith('server:\n  port: 9000\nworker:\n  token: sesame\n')
  const options = { cwd, env: { LANDLORD_LOG_LEVEL: 'warn', LANDLORD_TOKEN: 'll_open' } }
  const { exitCode, stdout, stderr } = await runLandlord(['config', 'check', '--api-url', 'http://x:1'], options)
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^server\.port +9000 +landlord\.yaml:2:3$/m)
  expect(stdout).toMatch(/^log\.level +warn +LANDLORD_LOG_LEVEL$/m)
  expect(stdout).toMatch(/^cli\.api_url +http:\/\/x:1 +--api-url$/m)
  expect(stdout).toMatch(/^worker\.token +\[redacted\] +landlord\.yaml:4:3$/m)
  expect(stdout + stderr).not.toMatch(/sesame|ll_open/)
})

it('names file, line and key of everything that is wrong, with 5', async () => {
  const cwd = folderWith('server:\n  prt: 9000\nlog:\n  level: loud\n')
  const { exitCode, stderr } = await runLandlord(['config', 'check'], { cwd })
  expect(exitCode).toBe(5)
  expect(stderr).toContain('landlord.yaml:2:3 server.prt: is not a known key; did you mean "port"?')
  expect(stderr).toContain('landlord.yaml:4:3 log.level')
})
