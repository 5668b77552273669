import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runLandlord } from './__fixtures__/run-landlord.ts'
import { EXIT_CODES } from './exit-codes.ts'

const docs = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')

it('docs/cli.md has every exit code, and no other', () => {
  const documented = [...docs.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [
    Number(code),
    meaning,
  ])
  expect(documented).toEqual(Object.values(EXIT_CODES).map(({ code, meaning }) => [code, meaning]))
})

it('docs/cli.md has every command', async () => {
  const { stdout } = await runLandlord(['--help'])
  const commands = [...stdout.matchAll(/^ {2}([a-z]+)[ |].* {2,}\S/gm)].map(([, name]) => name)
  expect(commands.length).toBeGreaterThan(15)
  for (const command of commands) if (command !== 'help') expect(docs).toContain(`landlord ${command}`)
})
