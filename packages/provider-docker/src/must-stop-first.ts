import { fromContainer } from './from-container.ts'
import type { NormalisedConfig, NormalisedPort } from './normalise-config.ts'
import type { Container } from './read-tenant.ts'

/**
 * Why old and new cannot run beside each other; undefined when they can. A fixed host port has one holder, and two processes
 * that write to one volume would damage what they keep there.
 */
export function mustStopFirst(current: Container, desired: NormalisedConfig): string | undefined {
  const live = fromContainer(current)
  if (live === undefined) return 'the configuration of the running container is unknown'
  const port = desired.ports.find((wanted) => live.ports.some((held) => clash(held, wanted)))
  if (port !== undefined) return `both need host port ${port.host_port}`
  const writable = (config: NormalisedConfig) =>
    config.volumes.filter(({ type, read_only }) => type !== 'tmpfs' && read_only !== true).map(({ source }) => source)
  const volume = writable(desired).find((source) => writable(live).includes(source))
  return volume === undefined ? undefined : `both write to volume ${volume}`
}

function clash(held: NormalisedPort, wanted: NormalisedPort): boolean {
  if (held.host_port === undefined || held.host_port !== wanted.host_port) return false
  const transport = (port: NormalisedPort) => (port.protocol === 'udp' ? 'udp' : 'tcp')
  const everywhere = (port: NormalisedPort) => port.host_ip === '0.0.0.0' || port.host_ip === '::'
  return (
    transport(held) === transport(wanted) && (held.host_ip === wanted.host_ip || everywhere(held) || everywhere(wanted))
  )
}
