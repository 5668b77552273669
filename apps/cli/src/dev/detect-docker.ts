import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'

export type DockerPresence =
  | { readonly kind: 'answers'; readonly where: string; readonly version: string }
  /** An address that only Docker's own client can ask (ssh or TLS): taken at its word. */
  | { readonly kind: 'not_asked'; readonly where: string }
  | { readonly kind: 'absent'; readonly where: string; readonly why: string }

export interface DockerSearch {
  /** `compute.docker.host`. */
  readonly host: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly homeDirectory: string
}

const PING_TIMEOUT_MS = 1000

/** Looks where the Docker provider will: the setting, `DOCKER_HOST`, the usual sockets. Never rejects. */
export async function detectDocker({ host, env, homeDirectory }: DockerSearch): Promise<DockerPresence> {
  const where = host || env.DOCKER_HOST || `unix://${usualSocket(env, homeDirectory)}`
  const target = pingTarget(where, (env.DOCKER_TLS_VERIFY ?? '') !== '')
  if (target === undefined) return { kind: 'not_asked', where }
  try {
    return { kind: 'answers', where, version: await ping(target) }
  } catch (error) {
    return { kind: 'absent', where, why: reasonOf(error as NodeJS.ErrnoException) }
  }
}

function usualSocket(env: DockerSearch['env'], homeDirectory: string): string {
  const usual = '/var/run/docker.sock'
  const runtime = env.XDG_RUNTIME_DIR
  const others = [join(homeDirectory, '.docker/run/docker.sock'), ...(runtime ? [join(runtime, 'docker.sock')] : [])]
  return [usual, ...others].find((path) => existsSync(path)) ?? usual
}

type PingTarget = { readonly socketPath: string } | { readonly host: string; readonly port: number }

function pingTarget(where: string, isTls: boolean): PingTarget | undefined {
  if (where.startsWith('unix://')) return { socketPath: where.slice('unix://'.length) }
  if (where.startsWith('/')) return { socketPath: where }
  const url = URL.canParse(where) ? new URL(where) : undefined
  if (url === undefined || isTls || url.port === '2376' || !['tcp:', 'http:'].includes(url.protocol)) return undefined
  return { host: url.hostname, port: Number(url.port) || 2375 }
}

/** The engine's version. */
function ping(target: PingTarget): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PING_TIMEOUT_MS)
    const sent = request({ ...target, path: '/_ping', signal }, (response) => {
      response.resume()
      const { server = '', 'api-version': api } = response.headers
      if (response.statusCode !== 200) return reject(new Error(`it answered ${response.statusCode}`))
      resolve(/Docker\/([\w.]+)/.exec(String(server))?.[1] ?? `API ${api ?? 'unknown'}`)
    })
    sent.on('error', (error) => reject(signal.aborted ? new Error('no answer within 1 s') : error))
    sent.end()
  })
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such socket'
  if (error.code === 'ECONNREFUSED') return 'nobody listens'
  if (error.code === 'EACCES') return 'this user may not open it; add it to the group docker'
  return error.message
}
