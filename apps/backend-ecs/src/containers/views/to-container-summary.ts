import { imageLabels } from '../../images/image-config.ts'
import type { ContainerRecord } from '../../store/records.ts'
import { humanDuration } from './human-duration.ts'
import { commandOf, imageOf } from './to-container-inspect.ts'
import { networkModeOf, toEndpoints } from './to-endpoints.ts'
import { toMounts } from './to-mounts.ts'
import { portsOf, toPortList } from './to-port-map.ts'
import type { ViewContext } from './view-context.ts'

/** One entry of `GET /containers/json`. */
export function toContainerSummary(record: ContainerRecord, context: ViewContext): Record<string, unknown> {
  const image = imageOf(record, context)
  return {
    Id: record.id,
    Names: [`/${record.name}`],
    Image: record.config.Image,
    ImageID: record.imageId,
    Command: commandOf(record, image).map(quoted).join(' '),
    Created: Math.floor(Date.parse(record.createdAt) / 1000),
    Ports: toPortList(portsOf(record, image)),
    Labels: { ...imageLabels(image.config), ...record.config.Labels },
    State: record.state.status,
    Status: statusText(record, context.now()),
    HostConfig: { NetworkMode: networkModeOf(record, context) },
    NetworkSettings: { Networks: toEndpoints(record, context) },
    Mounts: toMounts(record),
  }
}

/** As in the column STATUS of `docker ps`. */
export function statusText({ state }: ContainerRecord, now: Date): string {
  const since = (time: string | undefined): string =>
    humanDuration(Math.max(0, (now.getTime() - Date.parse(time ?? now.toISOString())) / 1000))
  switch (state.status) {
    case 'created':
      return 'Created'
    case 'running': {
      const health =
        state.health === undefined ? '' : ` (${state.health === 'starting' ? 'health: starting' : state.health})`
      return `Up ${since(state.startedAt)}${health}`
    }
    case 'restarting':
      return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`
    case 'removing':
      return 'Removal In Progress'
    case 'dead':
      return 'Dead'
    case 'exited':
      return `Exited (${state.exitCode}) ${since(state.finishedAt)} ago`
  }
}

const quoted = (word: string): string => (/\s/.test(word) ? `'${word}'` : word)
