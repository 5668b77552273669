import type { Plan } from '@landlord/api-contract'
import { CommandEnd } from './command-end.ts'
import { printResult } from './render/print-result.ts'
import type { Session } from './session.ts'

/** Prints a plan, and ends the command with the exit code that tells whether there are changes. */
export async function printPlan({ terminal, output }: Session, plan: Plan): Promise<void> {
  const { renderPlan } = await import('./render/plan-details.ts')
  const text = () => renderPlan(plan, terminal.colors)
  await printResult({ data: plan, names: [plan.action], text }, output, terminal)
  if (plan.action !== 'no_changes') throw new CommandEnd('changes')
}
