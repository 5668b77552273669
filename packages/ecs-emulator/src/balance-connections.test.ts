import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { balanceConnections } from './balance-connections.ts'

it('cuts off a client whose target has no address that there can be', async () => {
  const targets = () => [{ id: '127.0.0.1', port: 70_000 } as never]
  const server = balanceConnections({ protocol: 'TCP', targets, sockets: new Set() })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('error', () => undefined)
  await once(client.resume(), 'close')
  expect(client.destroyed).toBe(true)
})
