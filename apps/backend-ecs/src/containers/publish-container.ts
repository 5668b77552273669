import type { BackendDeps } from '../backend-deps.ts'
import type { ContainerRecord } from '../store/records.ts'

/** An event of a container, with what Docker puts beside it: image, name and labels. */
export function publishContainer(
  { events }: Pick<BackendDeps, 'events'>,
  { id, name, config }: ContainerRecord,
  action: string,
  attributes: Readonly<Record<string, string>> = {},
): void {
  events.publish({
    type: 'container',
    action,
    id,
    attributes: { ...config.Labels, image: config.Image ?? '', name, ...attributes },
  })
}
