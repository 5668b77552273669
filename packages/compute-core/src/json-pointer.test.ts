import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appendPointer, parsePointer } from './json-pointer.ts'

describe('JSON pointers', () => {
  it('escape and unescape as RFC 6901 has it', () => {
    expect(appendPointer('/a', 'b/c~d')).toBe('/a/b~1c~0d')
    expect(parsePointer('/a/b~1c~0d/~01/')).toEqual(['a', 'b/c~d', '~1', ''])
    expect(parsePointer('')).toEqual([])
  })

  it('come apart as they were put together', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (tokens) => {
        expect(parsePointer(tokens.reduce(appendPointer, ''))).toEqual(tokens)
      }),
    )
  })

  it('start with a slash', () => {
    expect(() => parsePointer('a/b')).toThrow(TypeError)
  })
})
