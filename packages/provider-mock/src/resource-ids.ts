import type { ResourceIds } from '@landlord/compute-core'
import type { MockClient } from './mock-client.ts'

/** The handle: the ids of what exists now. It is for people; the provider finds everything by name and marks. */
export function resourceIds(client: MockClient): ResourceIds {
  const ids: Record<string, string> = {}
  for (const kind of ['network', 'service'] as const) {
    const resource = client.target.find(kind, client.name)
    if (client.isOurs(resource)) ids[`${kind}_id`] = resource.id
  }
  return ids
}
