import { expect, it } from 'vitest'
import { probeTarget } from './probe-target.ts'

const target = { id: '127.0.0.1', port: 9, registeredAt: 0, failing: false }
const timing = { intervalSeconds: 5, timeoutSeconds: 2, healthyThreshold: 2, unhealthyThreshold: 2 }

it.each([
  ['a path that no request can have', { protocol: 'HTTP', port: 'traffic-port', path: '/a b' }],
  ['a port that no machine has', { protocol: 'HTTP', port: '99999', path: '/' }],
  ['such a port for a connection', { protocol: 'TCP', port: '99999' }],
])('fails %s instead of throwing', async (_, check) => {
  expect(await probeTarget(target, { ...check, ...timing })).toBe(false)
})
