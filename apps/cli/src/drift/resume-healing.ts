import { confirmInFull } from '../confirm.ts'
import { countReasons } from '../render/drift-table.ts'
import { printResult } from '../render/print-result.ts'
import type { Session } from '../session.ts'

/** Releases the brake, after a person has read why it was applied and what will be healed. */
export async function resumeHealing(session: Session, { yes }: { readonly yes?: boolean }): Promise<void> {
  const { client, terminal, output } = session
  const { body: report } = await client.getDrift({ query: { limit: 1 } })
  const { brake, drifted, by_reason } = report
  if (!brake.applied) {
    const text = () => 'the brake is not applied; drift is healed where a tenant wants it'
    return await printResult({ data: brake, names: [], text }, output, terminal)
  }
  terminal.note(brake.reason ?? 'the brake is applied')
  if (yes !== true) {
    const count = `${drifted} tenants differ now (${countReasons(by_reason)})`
    await confirmInFull(terminal, `${count}; those with the policy "heal" will be put right, or made anew. Go on?`)
  }
  const { body } = await client.releaseDriftBrake()
  const text = () => 'the brake is released; healing goes on with the next looks: landlord drift'
  await printResult({ data: body, names: [], text }, output, terminal)
}
