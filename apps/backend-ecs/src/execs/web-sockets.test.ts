import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { get } from 'node:http'
import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { engine, startTestBackend } from '../__fixtures__/start-test-backend.ts'

const withEngine = test.skipIf(engine === undefined)

async function startContainer(script: string) {
  const { dockerode, image, socketPath } = await startTestBackend()
  const stream = await dockerode.pull(image)
  await new Promise((resolve) => dockerode.modem.followProgress(stream, resolve))
  const container = await dockerode.createContainer({ Image: image, Cmd: ['sh', '-c', script] })
  await container.start()
  return { dockerode, container, open: (path: string) => new WebSocket(`ws+unix://${socketPath}:${path}`), socketPath }
}

function handshake(path: string): string {
  const key = randomBytes(16).toString('base64')
  return `GET ${path} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
}

/** Everything it is sent until it is closed. */
async function messagesOf(socket: WebSocket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('message', (data) => chunks.push(data as Buffer))
  await once(socket, 'close')
  return Buffer.concat(chunks)
}

withEngine(
  'an exec is started over a WebSocket, whose empty message ends its input (needs a Docker Engine)',
  async () => {
    const { container, open, socketPath } = await startContainer('sleep 600')
    const exec = await container.exec({
      Cmd: ['sh', '-c', 'cat; echo bad >&2; exit 3'],
      AttachStdin: true,
      AttachStdout: true,
    })
    const socket = open(`/internal/v1/exec/${exec.id}/start`)
    const all = messagesOf(socket)
    await once(socket, 'open')
    for (const message of ['hel', 'lo\n', '']) socket.send(message)
    const frame = (stream: number, text: string) =>
      Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)])
    const output = await all
    expect(output.includes(frame(2, 'bad\n'))).toBe(true)
    expect(output.toString('latin1')).toContain('lo\n')
    const [response] = await once(get({ socketPath, path: `/internal/v1/exec/${exec.id}` }), 'response')
    expect(await json(response)).toMatchObject({ Running: false, ExitCode: 3 })
  },
)

withEngine(
  'a client that goes away ends its command, whether it left in the handshake or later (needs a Docker Engine)',
  async () => {
    const { container, open, socketPath } = await startContainer('sleep 600')
    const startExec = async (Cmd: string[]) => {
      const exec = await container.exec({ Cmd, AttachStdout: true })
      return { exec, path: `/internal/v1/exec/${exec.id}/start` }
    }
    const early = await startExec(['sleep', '300'])
    const request = connect(socketPath)
    request.write(handshake(early.path))
    await vi.waitFor(async () => expect(await early.exec.inspect()).toMatchObject({ Running: true }), {
      timeout: 5_000,
    })
    request.destroy()

    const late = await startExec(['yes'])
    const socket = open(late.path)
    await once(socket, 'message')
    socket.terminate()

    for (const { exec } of [early, late]) {
      await vi.waitFor(async () => expect(await exec.inspect()).toMatchObject({ Running: false }), { timeout: 10_000 })
    }
    // One that has ended and that nobody has waited for is shown in brackets.
    const { Processes } = (await container.top()) as { Processes: string[][] }
    expect(Processes.flat().filter((word) => /^(sleep 300|yes)/.test(word))).toEqual([])
  },
)

withEngine('a frame that breaks the protocol ends its own stream only (needs a Docker Engine)', async () => {
  const { dockerode, container, socketPath } = await startContainer('sleep 600')
  const socket = connect(socketPath)
  socket.write(handshake(`/containers/${container.id}/attach/ws?stream=1&stdout=1`))
  await once(socket, 'data')
  // Reserved bits and an opcode that there is not.
  socket.write(Buffer.from([0xff, 0xff]))
  await once(socket.resume(), 'close')
  expect(await dockerode.ping()).toBeDefined()
})

withEngine('a container is attached to over a WebSocket (needs a Docker Engine)', async () => {
  const { container, open } = await startContainer('echo before; sleep 2; echo after')
  const output = await messagesOf(open(`/containers/${container.id}/attach/ws?logs=1&stream=1&stdout=1`))
  expect(output.toString()).toBe('before\r\nafter\r\n')
})

test('a WebSocket to what is not there is refused in the handshake', async () => {
  const { socketPath } = await startTestBackend({ emulator: { runtime: 'simulated' } })
  for (const path of ['/internal/v1/exec/nothing/start', '/containers/nothing/attach/ws']) {
    const [, response] = await once(new WebSocket(`ws+unix://${socketPath}:${path}`), 'unexpected-response')
    expect(response.statusCode).toBe(404)
  }
})
