import { createHash } from 'node:crypto'
import { deriveResourceName } from '@landlord/compute-core'

// The name is also a DNS alias, whose labels end at 63.
const MAX_LENGTH = 63

export interface ResourceNames {
  /** One tenant's container, and its alias on the network. */
  readonly container: string
  /** The container that replaces it takes the other of two names; both never belong to more than one container. */
  readonly replacement: string
  readonly network: string
  /** The volume that stands for an adopted container; no volume of a tenant's own is called so, as each of those has a dot. */
  readonly marker: string
  volume(source: string): string
}

/**
 * Deterministic names. The installation is in them as a short hash, so that two installations on one engine never meet; a dot
 * is in no tenant's part, so that no name of one tenant is a name of another.
 */
export function resourceNames(owner: { labelPrefix: string; installation: string; tenantId: string }): ResourceNames {
  const container = deriveResourceName(owner.tenantId, {
    prefix: `${owner.labelPrefix}-${shortHash(owner.installation)}-`,
    maxLength: MAX_LENGTH,
    allowed: 'a-zA-Z0-9_-',
  })
  return {
    container,
    replacement: `${container}.b`,
    network: `${container}.net`,
    marker: `${container}-adopted`,
    volume: (source) => `${container}.${source}`,
  }
}

/** The network that the installation's tenants share. */
export function sharedNetworkName(owner: { labelPrefix: string; installation: string }): string {
  return `${owner.labelPrefix}-${shortHash(owner.installation)}.net`
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
