import { expect, it } from 'vitest'
import { createRefusalSampler } from './sample-refusals.ts'

it('records a few of each address and of all, counts the rest, and begins anew every minute', () => {
  let now = 0
  const sampler = createRefusalSampler(() => new Date(now))
  const loud = Array.from({ length: 100 }, () => sampler.take('192.0.2.1'))
  expect(loud.filter(({ record }) => record)).toHaveLength(3)
  // The loud one does not hide another, which tells how many were left out before it.
  expect(sampler.take('192.0.2.2')).toEqual({ record: true, suppressed: 97 })
  const many = Array.from({ length: 1000 }, (_, index) => sampler.take(`198.51.100.${index}`))
  expect(many.filter(({ record }) => record)).toHaveLength(6)
  now += 59_999
  expect(sampler.take('192.0.2.3').record).toBe(false)
  now += 1
  expect(sampler.take('192.0.2.1')).toEqual({ record: true, suppressed: 995 })
})
