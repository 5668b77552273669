import { expect, it } from 'vitest'
import { SettingsError } from './settings-error.ts'

const issue = { code: 'invalid_file', key: '', message: 'one' } as const

it('is recognised across copies of the package and holds every issue', () => {
  const error = new SettingsError({ issues: [issue, { ...issue, message: 'two' }] })
  expect(SettingsError.isInstance(error)).toBe(true)
  expect(SettingsError.isInstance(new Error('other'))).toBe(false)
  expect(error.code).toBe('invalid_settings')
  expect(error.message).toBe('2 problems in the settings:\n  one\n  two')
  expect(new SettingsError({ issues: [issue] }).message).toBe('one')
})
