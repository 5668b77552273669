import { Agent, request } from 'undici'

/** A `fetch` for the server's internal API, and the connections behind it. */
export interface ServerFetch {
  readonly fetch: typeof globalThis.fetch
  close(): Promise<void>
}

/** As many calls as this run at once; more would only wait in the server instead of here. */
const CONNECTIONS = 32
const KEEP_ALIVE_MS = 30_000

/**
 * A step makes three calls of the server, which makes the client a good part of what a step costs. This one keeps its
 * connections and reads and writes bodies whole; it takes URLs, methods, plain headers, text and a signal, and nothing else.
 */
export function createServerFetch(): ServerFetch {
  const dispatcher = new Agent({ connections: CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS })
  return {
    async fetch(input, init = {}) {
      if (typeof init.body !== 'string' && init.body !== undefined && init.body !== null) {
        throw new TypeError('this fetch sends text only')
      }
      const answer = await request(String(input), {
        dispatcher,
        method: init.method === 'POST' ? 'POST' : 'GET',
        headers: Object.fromEntries(new Headers(init.headers)),
        body: init.body ?? null,
        signal: init.signal ?? null,
      })
      const text = await answer.body.text()
      return new Response(text, { status: answer.statusCode, headers: plain(answer.headers) })
    },
    close: () => dispatcher.destroy(),
  }
}

function plain(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((single): [string, string] => [name, single]),
  )
}
