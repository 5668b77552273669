import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { AWS_ERROR_KINDS } from './aws-error-rules.ts'
import { FAILURE_REASONS } from './explain-failure.ts'

async function section(path: string, title: string): Promise<string> {
  const page = await readFile(new URL(path, import.meta.url), 'utf8')
  return page.split(/^## /m).find((part) => part.startsWith(title)) ?? ''
}

it('the table for troubleshooting has every code that the provider gives, and no other', async () => {
  const rows = (await section('../../../docs/ecs/README.md', 'When something is wrong')).matchAll(/^\| `(\w+)` \|/gm)
  const documented = [...rows].map(([, code]) => code)
  expect(documented.toSorted()).toEqual([...new Set([...AWS_ERROR_KINDS, ...FAILURE_REASONS])].sort())
})

it('the README lists the reasons of a status that failed', async () => {
  const [, list = ''] = /has a `reason`:(.*?);/s.exec(await section('../README.md', 'Errors')) ?? []
  expect([...list.matchAll(/`(\w+)`/g)].map(([, reason]) => reason)).toEqual(FAILURE_REASONS)
})
