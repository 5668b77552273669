import { type OwnedResource, type ReadOptions, readOwnership, throwIfAborted } from '@landlord/compute-core'
import type { MockClient } from './mock-client.ts'

/** The client is of no tenant; it plays the script of the installation's defaults. */
export async function* listOwned(client: MockClient, options: ReadOptions): AsyncGenerator<OwnedResource> {
  const { target, ownership } = client
  const resources = await client.call('list_owned', options, () => target.list())
  for (const { kind, id, name, createdAt, labels } of resources) {
    throwIfAborted(options.signal)
    const found = readOwnership(labels)
    if (found?.installation !== ownership.installation || found.provider !== ownership.provider) continue
    yield { tenantId: found.tenantId, kind, id, name, createdAt }
  }
}
