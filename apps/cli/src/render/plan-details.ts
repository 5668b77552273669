import type { Change, Plan } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { safeText } from './safe-text.ts'

/** From what is felt most to what is not felt at all. */
const GROUPS: readonly { readonly effect: Change['effect']; readonly title: string }[] = [
  { effect: 'replace', title: 'A new instance takes over:' },
  { effect: 'restart', title: 'The instance restarts:' },
  { effect: 'in_place', title: 'The instance goes on running:' },
  { effect: 'none', title: 'No effect on the instance:' },
]

/** What would change, by its effect, and a summary in one line. */
export function renderPlan(plan: Plan, colors: Colors): string {
  // Where nothing runs yet, nothing is taken over from.
  const groups = changeGroups(plan.changes, colors, plan.action === 'create' ? 'Created with:' : undefined)
  return [...groups, ...warningLines(plan.warnings, colors), summary(plan, colors)].join('\n\n')
}

/** By their effect, those that are felt most first. `heading` stands for all that are felt. */
export function changeGroups(all: readonly Change[], colors: Colors, heading?: string): string[] {
  return GROUPS.flatMap(({ effect, title }) => {
    const changes = all.filter((change) => change.effect === effect)
    if (changes.length === 0) return []
    const shownTitle = effect === 'none' ? title : (heading ?? title)
    return [[colors.bold(shownTitle), ...changes.map((change) => `  ${changeLine(change, colors)}`)].join('\n')]
  })
}

export function warningLines(warnings: readonly string[], colors: Colors): string[] {
  const lines = warnings.map((warning) => `${colors.yellow('!')} ${safeText(warning)}`)
  return lines.length === 0 ? [] : [lines.join('\n')]
}

function changeLine({ path, from, to }: Change, colors: Colors): string {
  const name = safeText(path)
  if (from === undefined && to === undefined) return `${colors.yellow('~')} ${name}`
  if (from === undefined) return `${colors.green('+')} ${name}  ${colors.green(shown(to))}`
  if (to === undefined) return `${colors.red('-')} ${name}  ${colors.red(shown(from))}`
  const isHidden = from === HIDDEN && to === HIDDEN
  const values = isHidden ? 'changed (hidden)' : `${colors.red(shown(from))} → ${colors.green(shown(to))}`
  return `${colors.yellow('~')} ${name}  ${values}`
}

const HIDDEN = '[redacted]'

function shown(value: unknown): string {
  return value === HIDDEN ? '(hidden)' : safeText(JSON.stringify(value))
}

function summary({ tenant_name: name, compute_provider: provider, action, changes, effect }: Plan, colors: Colors) {
  if (action === 'no_changes') return `${colors.bold(name)}: no changes; it is as it should be`
  const count = (isOne: (change: Change) => boolean) => changes.filter(isOne).length
  const added = count(({ from, to }) => from === undefined && to !== undefined)
  const removed = count(({ from, to }) => from !== undefined && to === undefined)
  const counts = `${added} to add, ${changes.length - added - removed} to change, ${removed} to remove`
  return `${colors.bold(name)} (${provider}): ${CONSEQUENCES[action === 'create' ? 'create' : effect]}: ${counts}. Nothing was changed.`
}

const CONSEQUENCES: Readonly<Record<Plan['effect'] | 'create', string>> = {
  create: 'would be created',
  replace: 'a new instance would take over',
  restart: 'the instance would restart',
  in_place: 'changed while it runs',
  none: 'no effect on the running instance',
}
