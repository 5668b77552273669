import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FAILURE_CODES } from './failure-codes.ts'

it('are those that docs/errors.md explains', () => {
  const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8')
  const section = page.split(/^## /m).find((part) => part.startsWith('Failures that the worker finds')) ?? ''
  const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code)
  expect(documented).toEqual(Object.values(FAILURE_CODES))
})
