import type { EngineConnection } from './engine-connection.ts'

/** The workflow engine refused something. */
export class EngineError extends Error {
  readonly status: number

  constructor({ what, status, body }: { what: string; status: number; body: string }) {
    super(`the workflow engine answered ${status} to ${what}: ${body.slice(0, 500)}`)
    this.name = 'EngineError'
    this.status = status
  }
}

const ADMIN_CALL_MS = 10_000

/** Rejects with `EngineError`, or when the engine cannot be reached. */
export async function callAdmin(
  admin: EngineConnection,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await admin.fetch(path, {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ADMIN_CALL_MS),
  })
  const text = await response.text()
  if (!response.ok) throw new EngineError({ what: `${method} ${path}`, status: response.status, body: text })
  return text === '' ? undefined : JSON.parse(text)
}
