import { setTimeout as delay } from 'node:timers/promises'
import Docker from 'dockerode'

/** Where the local engine is: a handle of your own, or its address (`unix:///path`, `tcp://host:port`). */
export type DockerSettings = Docker | { readonly host?: string }

const ANSWER_TIMEOUT_MS = 5_000

/**
 * The handle, or one to `host`; without either `DOCKER_HOST`, then the local socket. @throws when no engine answers there, TypeError
 * for an address that is none.
 */
export async function connectEngine(settings: DockerSettings = {}): Promise<Docker> {
  const docker = 'modem' in settings ? settings : settings.host === undefined ? new Docker() : handleTo(settings.host)
  try {
    await Promise.race([docker.ping(), noAnswer()])
    return docker
  } catch (cause) {
    const where = 'modem' in settings ? 'the given handle' : (settings.host ?? process.env.DOCKER_HOST ?? 'its socket')
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `The docker runtime needs a Docker Engine, and none answers at ${where} (${reason}).`
    throw new Error(`${message} Start one, set DOCKER_HOST, or use the simulated runtime.`, { cause })
  }
}

function handleTo(host: string): Docker {
  if (host.startsWith('unix://')) {
    // An ambient DOCKER_HOST would win over `socketPath` alone: every field is passed.
    return new Docker({ socketPath: host.slice('unix://'.length), host: undefined, port: undefined, protocol: 'http' })
  }
  const url = URL.canParse(host) ? new URL(host) : undefined
  if (url?.protocol !== 'tcp:' || url.hostname === '') {
    throw new TypeError(`docker.host must be unix:///path or tcp://host:port, not "${host}"; for others pass a handle.`)
  }
  return new Docker({ host: url.hostname, port: Number(url.port || 2375), protocol: 'http', socketPath: undefined })
}

async function noAnswer(): Promise<never> {
  await delay(ANSWER_TIMEOUT_MS, undefined, { ref: false })
  throw new Error(`nothing came within ${ANSWER_TIMEOUT_MS / 1000} s`)
}
