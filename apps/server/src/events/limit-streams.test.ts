import { expect, it } from 'vitest'
import { createStreamLimit } from './limit-streams.ts'

it('counts a stream until its client goes, and none whose client has gone already', () => {
  const streams = createStreamLimit(1)
  streams.admit(AbortSignal.abort())
  expect(streams.size).toBe(0)
  const client = new AbortController()
  streams.admit(client.signal)
  expect(() => streams.admit(new AbortController().signal)).toThrow('1 streams already')
  client.abort()
  expect(streams.size).toBe(0)
})
