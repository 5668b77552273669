import { ORPHAN_SCAN_OBJECT, TENANT_OBJECT } from '@landlord/api-contract'
import pLimit from 'p-limit'
import { callAdmin, EngineError } from './call-admin.ts'
import type { EngineConnection } from './engine-connection.ts'

const RESUMES_AT_ONCE = 16

/** Has everything that waits for its next attempt, or was paused after too many, tried now. Returns how many. */
export async function resumeWaiting(admin: EngineConnection): Promise<number> {
  const query = `select id from sys_invocation where target_service_name in ('${TENANT_OBJECT}', '${ORPHAN_SCAN_OBJECT}') and status in ('backing-off', 'paused') limit 10000`
  const { rows } = (await callAdmin(admin, 'POST', '/query', { query })) as { rows: readonly { id: string }[] }
  await pLimit(RESUMES_AT_ONCE).map(rows, ({ id }) => resume(admin, id))
  return rows.length
}

async function resume(admin: EngineConnection, invocationId: string): Promise<void> {
  try {
    await callAdmin(admin, 'PATCH', `/invocations/${invocationId}/resume`)
  } catch (error) {
    // It went on by itself in the meantime.
    if (!(error instanceof EngineError)) throw error
  }
}
