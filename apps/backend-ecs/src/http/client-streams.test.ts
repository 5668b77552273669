import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startTestBackend } from '../__fixtures__/start-test-backend.ts'

test('an upgrade that is refused behind a request without an answer yet ends its connection, and nothing else', async () => {
  const { socketPath, dockerode } = await startTestBackend({ emulator: { runtime: 'simulated' } })
  const socket = connect(socketPath)
  socket.write(
    [
      ...['GET /_ping HTTP/1.1', 'Host: docker', ''],
      ...['POST /nothing HTTP/1.1', 'Host: docker', 'Connection: Upgrade', 'Upgrade: tcp', '', ''],
    ].join('\r\n'),
  )
  let said = ''
  socket.on('data', (chunk) => {
    said += chunk
  })
  await once(socket, 'close')
  expect(said).toMatch(/HTTP\/1\.1 404 Not Found\r\n[\s\S]*\{"message":"page not found"\}$/)
  expect(String(await dockerode.ping())).toBe('OK')
})
