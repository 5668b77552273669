import type { Endpoint } from '@landlord/compute-core'
import type { NormalisedConfig } from './normalise-config.ts'
import type { Container } from './read-tenant.ts'
import { portKey } from './to-create-container-input.ts'

const ANY_ADDRESS = new Set(['', '0.0.0.0', '::'])

/**
 * Where the container's ports are published now. The engine chooses free ports anew at every start, so this is read and never
 * stored. `publishedHost` stands for "every address of the engine's host".
 */
export function toEndpoints(
  container: Container,
  config: NormalisedConfig | undefined,
  publishedHost: string,
): Endpoint[] {
  const endpoints = new Map<string, Endpoint>()
  for (const [key, bindings] of Object.entries(container.NetworkSettings.Ports ?? {})) {
    const [containerPort = '0', transport = 'tcp'] = key.split('/')
    const declared = config?.ports.find((port) => portKey(port) === key)?.protocol
    for (const { HostIp, HostPort } of bindings ?? []) {
      const host = ANY_ADDRESS.has(HostIp) ? publishedHost : HostIp
      const endpoint = toEndpoint(
        { host, port: Number(HostPort), containerPort: Number(containerPort) },
        declared ?? transport,
      )
      endpoints.set(`${endpoint.host} ${endpoint.port} ${key}`, endpoint)
    }
  }
  return [...endpoints.values()].sort(
    (left, right) => (left.containerPort ?? 0) - (right.containerPort ?? 0) || left.port - right.port,
  )
}

function toEndpoint(at: { host: string; port: number; containerPort: number }, protocol: string): Endpoint {
  if (protocol !== 'http' && protocol !== 'https') return { protocol: protocol === 'udp' ? 'udp' : 'tcp', ...at }
  const host = at.host.includes(':') ? `[${at.host}]` : at.host
  return { protocol, ...at, url: `${protocol}://${host}:${at.port}` }
}
