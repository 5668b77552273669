import type { Tenant } from '@landlord/api-contract'
import type { ChangeOptions } from '../input/change-options.ts'
import type { Session } from '../session.ts'
import { readChange } from './read-change.ts'

export interface Change {
  readonly before: Tenant
  readonly after: Tenant
}

/** Sends a change. */
export async function changeTenant(session: Session, reference: string, options: ChangeOptions): Promise<Change> {
  const { client } = session
  const { before, change, headers } = await readChange(session, reference, options)
  const params = { tenant: before.id }
  const { body: after } =
    change.kind === 'replace'
      ? await client.replaceTenant({ params, body: change.body, headers })
      : await client.patchTenant({ params, body: change.body, headers })
  return { before, after }
}
