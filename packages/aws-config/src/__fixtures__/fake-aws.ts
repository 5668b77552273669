import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface FakeRequest {
  /** `AssumeRole`, `DescribeClusters`. */
  readonly action: string
  readonly parameters: URLSearchParams
  /** Who signed it: the access key id in the authorization header. */
  readonly accessKeyId: string | undefined
  readonly signedRegion: string | undefined
}

/** What a test puts in place of the next answers; `hang` accepts and never answers. */
type FakeAnswer = { readonly status: number; readonly body: string; readonly headers?: Record<string, string> } | 'hang'

export interface FakeAws {
  readonly url: string
  readonly requests: FakeRequest[]
  readonly script: Map<string, FakeAnswer[]>
  /** When assumed credentials expire. */
  expiration: Date
  close(): Promise<void>
}

/** STS (query protocol) and ECS (JSON) on loopback, as far as these tests call them. */
export async function startFakeAws(): Promise<FakeAws> {
  const requests: FakeRequest[] = []
  const script = new Map<string, FakeAnswer[]>()
  const server = createServer(async (request, response) => {
    const seen = toFakeRequest(request, await readBody(request))
    requests.push(seen)
    const scripted = script.get(seen.action)?.shift()
    if (scripted === 'hang') return
    if (scripted !== undefined) {
      response.writeHead(scripted.status, { 'x-amzn-requestid': 'scripted', ...scripted.headers }).end(scripted.body)
      return
    }
    answer(response, seen, requests.length, fake.expiration)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fake: FakeAws = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script,
    expiration: new Date(Date.now() + 3_600_000),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake
}

function answer(response: ServerResponse, { action }: FakeRequest, count: number, expiration: Date): void {
  if (!action.startsWith('AssumeRole')) {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': `ecs-${count}` })
    response.end(JSON.stringify({ clusters: [], failures: [] }))
    return
  }
  const credentials = `<AccessKeyId>ASIAFAKE${count}</AccessKeyId><SecretAccessKey>fake</SecretAccessKey><SessionToken>token-${count}</SessionToken><Expiration>${expiration.toISOString()}</Expiration>`
  response.writeHead(200, { 'content-type': 'text/xml' })
  response.end(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>${credentials}</Credentials></${action}Result></${action}Response>`,
  )
}

function toFakeRequest(request: IncomingMessage, body: string): FakeRequest {
  const target = request.headers['x-amz-target']
  const parameters = new URLSearchParams(target === undefined ? '' : body)
  const form = target === undefined ? new URLSearchParams(body) : parameters
  const credential = /Credential=([^/]+)\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '')
  return {
    action: typeof target === 'string' ? (target.split('.').at(-1) ?? '') : (form.get('Action') ?? ''),
    parameters: form,
    accessKeyId: credential?.[1],
    signedRegion: credential?.[2],
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return body
}
