import type { ContainerRecord, ImageRecord } from '../../store/records.ts'
import { exposedPorts, type PublishedPort, portKey, readPorts } from '../definition/read-ports.ts'

interface PortView {
  readonly port: PublishedPort
  /** Where it answers; undefined: exposed, but not published, or not running. */
  readonly host?: string
}

/** Published and exposed ports. A published one answers at the task's own address, under its own number. */
export function portsOf(record: ContainerRecord, image: Pick<ImageRecord, 'config'>): PortView[] {
  const isRunning = record.state.status === 'running'
  const published = readPorts(record.config, image)
  const keys = new Set(published.map(portKey))
  return [
    ...published.map((port) => (isRunning && record.address !== undefined ? { port, host: record.address } : { port })),
    ...exposedPorts(record.config, image)
      .filter((port) => !keys.has(portKey(port)))
      .map((port) => ({ port })),
  ]
}

/** `NetworkSettings.Ports`. */
export function toPortMap(
  ports: readonly PortView[],
): Record<string, readonly { HostIp: string; HostPort: string }[] | null> {
  return Object.fromEntries(
    ports.map(({ port, host }) => [
      portKey(port),
      host === undefined ? null : [{ HostIp: host, HostPort: String(port.port) }],
    ]),
  )
}

/** `Ports` of the list. */
export function toPortList(ports: readonly PortView[]): object[] {
  return ports.map(({ port: { port, protocol }, host }) => ({
    PrivatePort: port,
    Type: protocol,
    ...(host === undefined ? {} : { IP: host, PublicPort: port }),
  }))
}
