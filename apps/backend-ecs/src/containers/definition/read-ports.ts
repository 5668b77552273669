import { badRequest, notOnEcs } from '../../errors/docker-error.ts'
import type { DockerCreateBody, ImageRecord } from '../../store/records.ts'
import { hostConfigOf } from './host-config.ts'

export interface PublishedPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
}

/**
 * Ports that are to be reachable. A task answers at its own address, so a port is published under its own number: another
 * `HostPort`, or an address of a host, is refused.
 */
export function readPorts(body: DockerCreateBody, image: Pick<ImageRecord, 'config'>): PublishedPort[] {
  const { PortBindings, PublishAllPorts } = hostConfigOf(body)
  const published = Object.entries(PortBindings ?? {}).map(([key, bindings]) => {
    const port = readPort(key)
    for (const binding of bindings ?? []) refuseTranslation(port, binding)
    return port
  })
  if (PublishAllPorts === true) published.push(...exposedPorts(body, image))
  return [...new Map(published.map((port) => [portKey(port), port])).values()]
}

/** What container and image say that they listen on. */
export function exposedPorts(body: DockerCreateBody, image: Pick<ImageRecord, 'config'>): PublishedPort[] {
  const own = (body.ExposedPorts as object | null | undefined) ?? {}
  const ofImage = (image.config as { config?: { ExposedPorts?: object | null } }).config?.ExposedPorts ?? {}
  return [...new Set([...Object.keys(own), ...Object.keys(ofImage)])].map(readPort)
}

/** As Docker writes it: `80/tcp`. */
export const portKey = ({ port, protocol }: PublishedPort): string => `${port}/${protocol}`

function readPort(key: string): PublishedPort {
  const [digits = '', protocol = 'tcp'] = key.split('/')
  const port = Number(digits)
  if (!/^\d+$/.test(digits) || port < 1 || port > 65_535)
    throw badRequest(`invalid port specification: ${JSON.stringify(key)}`)
  if (protocol !== 'tcp' && protocol !== 'udp') throw notOnEcs(`port ${key}`, 'ECS knows tcp and udp')
  return { port, protocol }
}

const ANY_ADDRESS = ['', '0.0.0.0', '::']

function refuseTranslation(
  port: PublishedPort,
  { HostIp = '', HostPort = '' }: { HostIp?: string; HostPort?: string },
): void {
  const flag = `--publish ${HostIp === '' ? '' : `${HostIp}:`}${HostPort}:${portKey(port)}`
  if (!ANY_ADDRESS.includes(HostIp)) throw notOnEcs(flag, 'a task answers at its own address, not at one of a host')
  // 0 is any port; the task's own is one.
  if (HostPort === '' || HostPort === '0' || Number(HostPort) === port.port) return
  throw notOnEcs(
    flag,
    `a task answers at its own address, where the port stays ${port.port}; publish ${port.port}:${port.port}`,
  )
}
