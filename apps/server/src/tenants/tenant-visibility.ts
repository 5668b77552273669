import { HttpProblem } from '../http/http-problem.ts'
import type { Actor, Principal } from './actor.ts'
import type { LabelCondition } from './parse-label-selector.ts'

type LabelSet = Readonly<Record<string, string>>

/** Whether a tenant of these labels is there for the principal. `store/label-conditions.ts` says the same in SQL. */
export function sees({ selector }: Pick<Principal, 'selector'>, labels: LabelSet): boolean {
  return selector.every((condition) => fits(condition, labels))
}

/** Refuses to make a tenant of these labels, or to turn one into it, when it would not be there for the actor afterwards. */
export function requireVisible(actor: Actor, labels: LabelSet): void {
  const missed = actor.selector.filter((condition) => !fits(condition, labels))
  if (missed.length === 0) return
  throw new HttpProblem({
    code: 'forbidden',
    detail: `you act on tenants with ${formatSelector(missed)} only; label the tenant so, or use a token without that limit`,
    issues: missed.map((condition) => ({ pointer: '/labels', message: `must fit ${formatCondition(condition)}` })),
  })
}

/** In the grammar that `parseLabelSelector` reads. */
export function formatSelector(conditions: readonly LabelCondition[]): string {
  return conditions.map(formatCondition).join(',')
}

function formatCondition(condition: LabelCondition): string {
  if (!('values' in condition)) return condition.kind === 'exists' ? condition.key : `!${condition.key}`
  const [only] = condition.values
  if (only !== undefined && condition.values.length === 1) {
    return `${condition.key}${condition.kind === 'in' ? '=' : '!='}${only}`
  }
  return `${condition.key} ${condition.kind === 'in' ? 'in' : 'notin'} (${condition.values.join(',')})`
}

function fits(condition: LabelCondition, labels: LabelSet): boolean {
  const value = Object.hasOwn(labels, condition.key) ? labels[condition.key] : undefined
  switch (condition.kind) {
    case 'exists':
      return value !== undefined
    case 'absent':
      return value === undefined
    case 'in':
      return value !== undefined && condition.values.includes(value)
    case 'not_in':
      return value === undefined || !condition.values.includes(value)
  }
}
