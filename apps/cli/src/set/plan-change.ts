import type { Plan } from '@landlord/api-contract'
import type { ChangeOptions } from '../input/change-options.ts'
import type { Session } from '../session.ts'
import { ifMatch, readChange } from './read-change.ts'

/** The plan of what `changeTenant` would send. */
export async function planChange(session: Session, reference: string, options: ChangeOptions): Promise<Plan> {
  const { before, change, headers } = await readChange(session, reference, options)
  const query = { merge: change.kind === 'patch' }
  const { body: plan } = await session.client.planChange({
    params: { tenant: before.id },
    query,
    headers,
    body: change.body,
  })
  return plan
}

/** What is there against what should be. */
export async function planReconciliation(
  { client }: Session,
  reference: string,
  { ifMatch: etag }: ChangeOptions,
): Promise<Plan> {
  const { body: plan } = await client.planChange({ params: { tenant: reference }, headers: ifMatch(etag) })
  return plan
}
