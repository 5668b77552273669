import { Agent, request } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { startAccount } from './__fixtures__/start-account.ts'

const ECS = 'AmazonEC2ContainerServiceV20141113'

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Sends everything over one connection, as the SDKs do. */
async function connect() {
  const { emulator } = await startAccount()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const send = ({ method = 'POST', headers = {}, body = '' }: Sent) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const sent = request(emulator.url, { agent, method, headers }, async (response) => {
        const chunks = await response.toArray()
        resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  const call = (operation: string, body: string, headers: Record<string, string> = {}) =>
    send({ headers: { 'x-amz-target': `${ECS}.${operation}`, ...headers }, body })
  return { emulator, send, call }
}

it('names what is wrong with bodies that hold null', async () => {
  const { call } = await connect()
  const refusal = (message: string) => ({
    status: 400,
    body: JSON.stringify({ __type: 'SerializationException', message }),
  })
  expect(await call('CreateCluster', 'null')).toEqual(refusal('The body must be a structure, but is null.'))
  expect(await call('CreateCluster', '{"tags":[null]}')).toEqual(refusal('/tags/0 must be a structure, but is null.'))
  expect(await call('ListClusters', '{"nextToken":null}')).toMatchObject({ status: 200 })
})

it('refuses a body that is too large, and answers the next request of the same client', async () => {
  const { call } = await connect()
  expect(await call('CreateCluster', ' '.repeat(5 * 1024 * 1024))).toEqual({
    status: 413,
    body: JSON.stringify({ __type: 'ClientException', message: 'The body is larger than 4194304 bytes.' }),
  })
  expect(await call('ListClusters', '{}')).toMatchObject({ status: 200 })
})

it('takes no request from a web page', async () => {
  const { call, send } = await connect()
  const origin = { origin: 'http://page.example' }
  const refused = { status: 403, body: expect.stringContaining('web page') }
  expect(await call('CreateCluster', '{"clusterName":"page"}', origin)).toMatchObject(refused)
  const form = { ...origin, 'content-type': 'application/x-www-form-urlencoded' }
  expect(await send({ headers: form, body: 'Action=DescribeVpcs' })).toMatchObject(refused)
  // A page of a name that leads here sends no origin with GET.
  const read = await send({ method: 'GET', headers: { 'x-amz-target': `${ECS}.ListClusters` } })
  expect(read).toMatchObject({ status: 400, body: expect.stringContaining('no operation GET /') })
})

it('refuses faults that cannot be carried out', async () => {
  const { emulator, call } = await connect()
  const fault = { kind: 'error', type: 'Teapot', message: 'no', status: 99_999 } as const
  expect(() => emulator.control.injectFault({ operation: 'ListClusters', fault })).toThrow('status must be')
  expect(() => emulator.control.injectFault({ operation: 'ListClusters', fault: { kind: 'reset' }, times: 0 })).toThrow(
    'times must be',
  )
  expect(await call('ListClusters', '{}')).toMatchObject({ status: 200 })
})
