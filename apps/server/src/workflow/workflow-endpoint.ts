import { Agent, type Dispatcher } from 'undici'

/** Where the workflow engine listens: an origin, and how to connect to it. */
export interface WorkflowEndpoint {
  /** As configured, for messages. */
  readonly url: string
  readonly origin: string
  readonly dispatcher: Dispatcher
}

const CONNECT_TIMEOUT_MS = 3_000

/** From `http://…`, `https://…` or `unix:/path/of.sock`. Throws `TypeError` for anything else. */
export function workflowEndpoint(url: string, connections: number): WorkflowEndpoint {
  if (url.startsWith('unix:')) {
    const socketPath = url.slice('unix:'.length).replace(/^\/\/(?=\/)/, '')
    const dispatcher = new Agent({ connections, connect: { socketPath, timeout: CONNECT_TIMEOUT_MS } })
    return { url, origin: 'http://localhost', dispatcher }
  }
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new TypeError(`expected http://…, https://… or unix:/path/of.sock, got ${JSON.stringify(url)}`)
  }
  const dispatcher = new Agent({ connections, connect: { timeout: CONNECT_TIMEOUT_MS } })
  return { url, origin: url.replace(/\/+$/, ''), dispatcher }
}
