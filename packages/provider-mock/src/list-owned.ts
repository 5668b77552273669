import { type OwnedResource, type ReadOptions, readOwnership, throwIfAborted } from '@landlord/compute-core'
import type { ResolvedMockSettings } from './mock-settings.ts'

export async function* listOwned(settings: ResolvedMockSettings, options: ReadOptions): AsyncGenerator<OwnedResource> {
  throwIfAborted(options.signal)
  const { target } = settings.world
  target.countCall('list_owned', '')
  for (const { kind, id, name, createdAt, labels } of target.list()) {
    throwIfAborted(options.signal)
    const ownership = readOwnership(labels)
    if (ownership?.installation !== settings.installation || ownership.provider !== settings.name) continue
    yield { tenantId: ownership.tenantId, kind, id, name, createdAt }
  }
}
