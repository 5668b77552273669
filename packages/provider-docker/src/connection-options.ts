import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { InvalidConfigError } from '@landlord/compute-core'
import type { DockerOptions } from 'dockerode'
import type { ConnectionSettings } from './docker-settings.ts'

export const DOCKER_HOST_VARIABLE = 'DOCKER_HOST'
export const DOCKER_TLS_VERIFY_VARIABLE = 'DOCKER_TLS_VERIFY'
export const DOCKER_CERT_PATH_VARIABLE = 'DOCKER_CERT_PATH'
const SSH_AGENT_VARIABLE = 'SSH_AUTH_SOCK'

const DEFAULT_SOCKET = '/var/run/docker.sock'
const TCP_PORT = 2375
const TLS_PORT = 2376
const SSH_PORT = 22

type Environment = Readonly<Record<string, string | undefined>>

export interface EngineConnection {
  /** For dockerode, with every field present: it fills each absent one from the process's environment. */
  readonly options: DockerOptions
  /** Where ports published on every address are reached. */
  readonly publishedHost: string
  /** The engine's socket on this machine; undefined when the engine is elsewhere. */
  readonly socketPath?: string
}

/**
 * Resolves the engine's address: the setting, then `DOCKER_HOST`, then the first local socket that exists. Unlike dockerode,
 * and like the docker command, a `tcp://` host without a port means 2375 (2376 with TLS) and any non-empty
 * `DOCKER_TLS_VERIFY` asks for TLS. Throws `InvalidConfigError` for an address or file that cannot be used.
 */
export function connectionOptions(settings: ConnectionSettings, environment: Environment): EngineConnection {
  const address = settings.host || environment[DOCKER_HOST_VARIABLE] || defaultSocket(environment)
  const source = settings.host ? 'host' : DOCKER_HOST_VARIABLE
  if (address.startsWith('unix://') || address.startsWith('/')) {
    const socketPath = address.replace(/^unix:\/\//, '') || DEFAULT_SOCKET
    return { options: { ...noEnvironment(), socketPath, protocol: 'http' }, publishedHost: '127.0.0.1', socketPath }
  }
  if (address.startsWith('npipe://')) {
    const socketPath = address.slice('npipe://'.length) || '//./pipe/docker_engine'
    return { options: { ...noEnvironment(), socketPath, protocol: 'http' }, publishedHost: '127.0.0.1', socketPath }
  }
  const url = parseAddress(address, source)
  const options =
    url.protocol === 'ssh:' ? sshOptions(url, settings, environment) : tcpOptions(url, settings, environment)
  return { options: { ...noEnvironment(), ...options }, publishedHost: url.hostname }
}

// `Object.assign` over dockerode's defaults: an explicit undefined beats what it read from DOCKER_HOST.
function noEnvironment(): DockerOptions {
  return {
    socketPath: undefined,
    host: undefined,
    port: undefined,
    username: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    timeout: undefined,
    version: undefined,
    ...{ pathPrefix: '/' },
  }
}

function defaultSocket(environment: Environment): string {
  const runtime = environment.XDG_RUNTIME_DIR
  const candidates = [
    DEFAULT_SOCKET,
    join(homedir(), '.docker/run/docker.sock'),
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock')]),
  ]
  return candidates.find((path) => existsSync(path)) ?? DEFAULT_SOCKET
}

function parseAddress(address: string, source: string): URL {
  const withScheme = address.includes('://') ? address : `tcp://${address}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  if (url === undefined || url.hostname === '' || !['tcp:', 'http:', 'https:', 'ssh:'].includes(url.protocol)) {
    throw invalid(source, 'must be unix:///path, tcp://host:port, https://host:port or ssh://user@host', address)
  }
  return url
}

function tcpOptions(url: URL, settings: ConnectionSettings, environment: Environment): DockerOptions {
  const verify = (environment[DOCKER_TLS_VERIFY_VARIABLE] ?? '') !== ''
  const configured = settings.tls_ca_file ?? settings.tls_cert_file ?? settings.tls_key_file
  const secure = url.protocol === 'https:' || configured !== undefined || verify || url.port === String(TLS_PORT)
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : secure ? TLS_PORT : TCP_PORT)
  if (!secure) return { host: url.hostname, port, protocol: 'http' }
  const folder = environment[DOCKER_CERT_PATH_VARIABLE] ?? (verify ? join(homedir(), '.docker') : undefined)
  const file = (setting: string | undefined, name: string, key: string) =>
    setting !== undefined ? readPem(setting, key) : folder === undefined ? undefined : readPem(join(folder, name), key)
  return {
    host: url.hostname,
    port,
    protocol: 'https',
    ca: file(settings.tls_ca_file, 'ca.pem', 'tls_ca_file'),
    cert: file(settings.tls_cert_file, 'cert.pem', 'tls_cert_file'),
    key: file(settings.tls_key_file, 'key.pem', 'tls_key_file'),
  }
}

function readPem(path: string, key: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const message = `cannot read the PEM file ${path} (${(cause as Error).message}); give a file that exists`
    throw new InvalidConfigError({
      subject: 'docker settings',
      issues: [{ path: `/${key}`, keyword: 'rule', message }],
      cause,
    })
  }
}

/** docker-modem checks no host key by itself, so a fingerprint is required: else anybody on the way could be the engine. */
function sshOptions(url: URL, settings: ConnectionSettings, environment: Environment): DockerOptions {
  const expected = settings.ssh_host_fingerprint
  if (expected === undefined) {
    const message = `is needed for ${url.protocol}//${url.hostname}; read it with: ssh-keyscan ${url.hostname} | ssh-keygen -lf -`
    throw new InvalidConfigError({
      subject: 'docker settings',
      issues: [{ path: '/ssh_host_fingerprint', keyword: 'required', message }],
    })
  }
  const agent = environment[SSH_AGENT_VARIABLE]
  return {
    host: url.hostname,
    port: Number(url.port) || SSH_PORT,
    protocol: 'ssh',
    username: url.username || environment.USER,
    sshOptions: {
      ...(agent === undefined ? {} : { agent }),
      hostVerifier: (key: Buffer) => fingerprintOf(key) === expected,
    },
  }
}

function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

function invalid(source: string, message: string, received: string): InvalidConfigError {
  return new InvalidConfigError({
    subject: 'docker settings',
    issues: [{ path: `/${source}`, keyword: 'rule', message, received }],
  })
}
