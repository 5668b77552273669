import { expect, it } from 'vitest'
import { isMeantAsToken, isWellFormed, makeToken } from './api-token.ts'

it('makes tokens of one shape, each with 256 bits of its own', () => {
  const tokens = Array.from({ length: 200 }, makeToken)
  for (const token of tokens) expect(token).toMatch(/^ll_[0-9A-Za-z]{49}$/)
  expect(new Set(tokens).size).toBe(200)
  expect(new Set(tokens.map((token) => token.slice(3, 46))).size).toBe(200)
})

it('knows a mistyped, cut or foreign token without asking the database', () => {
  const token = makeToken()
  expect(isWellFormed(token)).toBe(true)
  const swapped = token.replace(/^(.{9})(.)(.)/, (_, head, one, two) => head + (one === 'a' ? 'b' : 'a') + two)
  for (const wrong of [token.slice(0, -1), `${token}x`, token.slice(1), token.toUpperCase(), swapped, 'll_', '']) {
    expect(isWellFormed(wrong), wrong).toBe(false)
  }
  expect(isMeantAsToken('eyJhbGciOiJSUzI1NiJ9')).toBe(false)
})
