import { Agent, fetch, type RequestInit, type Response } from 'undici'

/** A way to one of the workflow engine's APIs, over TCP or a unix socket. */
export interface EngineConnection {
  readonly url: string
  /** Rejects when nothing answers. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

/** `url` is `http(s)://…` or `unix:/path/admin.sock`. Throws `TypeError` for anything else. */
export function connectEngine(url: string): EngineConnection {
  const socketPath = url.startsWith('unix:') ? url.slice('unix:'.length) : undefined
  if (socketPath === undefined && !/^https?:\/\//.test(url)) {
    throw new TypeError(`the workflow engine's URL must start with http://, https:// or unix:/, got "${url}"`)
  }
  const dispatcher = new Agent(socketPath === undefined ? {} : { connect: { socketPath } })
  const base = socketPath === undefined ? url.replace(/\/+$/, '') : 'http://localhost'
  return {
    url,
    fetch: (path, init = {}) => fetch(base + path, { ...init, dispatcher }),
    close: () => dispatcher.destroy(),
  }
}
