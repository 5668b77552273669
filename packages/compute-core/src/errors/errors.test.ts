import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import * as core from '../index.ts'

const message = 'what failed, and how to fix it'
const issues = [{ path: '/image', keyword: 'required', message: 'is required' }]
const options = { message, issues, instanceUsable: true, details: { region: 'eu' } }

/** Every error class that the package exports, by its own word. */
const classes = Object.entries<unknown>({ ...core }).flatMap(([name, exported]) => {
  if (!/Error$/.test(name) || name === 'ComputeError' || typeof exported !== 'function') return []
  const ErrorClass = exported as ErrorClass
  return [{ name, ErrorClass, error: new ErrorClass(options) }]
})

interface ErrorClass {
  new (errorOptions: typeof options & { cause?: unknown }): core.ComputeError
  isInstance(value: unknown): boolean
}

describe.each(classes)('$name', ({ name, ErrorClass, error }) => {
  it('is an Error with its own name, code, message and cause', () => {
    const cause = new Error('below')
    expect(new ErrorClass({ ...options, cause }).cause).toBe(cause)
    expect(error).toBeInstanceOf(Error)
    expect(error.name).toBe(name)
    expect(error.message).toContain(name.startsWith('Invalid') ? '/image: is required' : message)
    expect('cause' in error).toBe(false)
  })

  it('recognises its own, and no other class, by brand and code', () => {
    expect(ErrorClass.isInstance(error)).toBe(true)
    expect(core.ComputeError.isInstance(error)).toBe(true)
    for (const other of classes) expect(other.ErrorClass.isInstance(error)).toBe(other.name === name)
    const lookalike = Object.assign(new Error(message), { code: error.code, retryable: error.retryable })
    expect(ErrorClass.isInstance(lookalike)).toBe(false)
    for (const value of [undefined, null, 'text', {}, { code: error.code }])
      expect(ErrorClass.isInstance(value)).toBe(false)
  })

  it('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      code: error.code,
      message: error.message,
      retryable: error.retryable,
      details: name.startsWith('Invalid') ? {} : { region: 'eu' },
    })
  })
})

describe('the facts of particular errors', () => {
  it('survive JSON too', () => {
    expect(new core.ThrottledError({ message, retryAfterMs: 500 }).toJSON()).toMatchObject({ retryAfterMs: 500 })
    expect(new core.ThrottledError({ message }).toJSON()).not.toHaveProperty('retryAfterMs')
    expect(new core.UpdateFailedError({ message, instanceUsable: false }).toJSON()).toMatchObject({
      instanceUsable: false,
    })
    expect(new core.InvalidConfigError({ issues }).toJSON()).toMatchObject({ issues })
    expect(new core.InvalidSpecError({ issues }).toJSON()).toMatchObject({ issues })
  })
})

describe('two copies of the package side by side', () => {
  it("recognise each other's errors", async () => {
    vi.resetModules()
    const copy = await import('../index.ts')
    expect(copy.ConflictError).not.toBe(core.ConflictError)
    const theirs = new copy.ConflictError({ message })
    expect(theirs).not.toBeInstanceOf(core.ComputeError)
    expect(core.ComputeError.isInstance(theirs)).toBe(true)
    expect(core.ConflictError.isInstance(theirs)).toBe(true)
    expect(core.TimeoutError.isInstance(theirs)).toBe(false)
  })
})

describe('docs/errors.md', () => {
  const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8')
  const section = page.split(/^## /m).find((part) => part.startsWith('Compute errors')) ?? ''
  const documented = [...section.matchAll(/^\| `(\w+)` \| `(\w+)` \| (yes|no) \| (.+) \| (.+) \|$/gm)].map(
    ([, code, name, retryable]) => ({ code, name, retryable: retryable === 'yes' }),
  )

  it('has every error of the code, and the code has every error of the page', () => {
    const inCode = classes.map(({ name, error: { code, retryable } }) => ({ code, name, retryable }))
    const byCode = (a: { code?: string | undefined }, b: { code?: string | undefined }) =>
      String(a.code).localeCompare(String(b.code))
    expect(documented.sort(byCode)).toEqual(inCode.sort(byCode))
    expect(documented).toHaveLength(18)
  })
})
