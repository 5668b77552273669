import { type OperationKind, TENANT_STATUSES, type TenantStatus } from '@landlord/api-contract'
import { describe, expect, it } from 'vitest'
import { type TenantSituation, type TenantVerb, transition } from './tenant-transitions.ts'

const VERBS = ['put', 'change', 'archive', 'delete', 'retry', 'reconcile'] as const satisfies TenantVerb[]

/** `kind:status` starts (`+` with a new generation), `-` nothing to do, `~` under way already, `x` refused. */
type Cell = string

// Of a tenant that was never ready.
const FRESH: Readonly<Record<TenantStatus, readonly Cell[]>> = {
  //             put                change                       archive              delete            retry  reconcile
  requested: ['-', '+provision:requested', '+archive:archiving', '+delete:deleting', 'x', 'trigger'],
  provisioning: ['-', '+provision:provisioning', '+archive:archiving', '+delete:deleting', 'x', 'trigger'],
  ready: ['-', '+provision:provisioning', '+archive:archiving', '+delete:deleting', 'x', 'reconcile:updating'],
  updating: ['-', '+provision:provisioning', '+archive:archiving', '+delete:deleting', 'x', 'trigger'],
  suspending: ['-', '+provision:provisioning', '+archive:archiving', '+delete:deleting', 'x', 'trigger'],
  suspended: ['-', '+provision:provisioning', '+archive:archiving', '+delete:deleting', 'x', 'x'],
  resuming: ['-', '+provision:provisioning', '+archive:archiving', '+delete:deleting', 'x', 'trigger'],
  archiving: ['x', 'x', '~', '+delete:deleting', 'x', 'x'],
  archived: ['+provision:provisioning', '+provision:provisioning', '-', 'remove', 'x', 'x'],
  deleting: ['x', 'x', 'x', '~', 'x', 'x'],
  failed: [
    '+provision:provisioning',
    '+provision:provisioning',
    '+archive:archiving',
    '+delete:deleting',
    'provision:provisioning',
    'provision:provisioning',
  ],
}

const cell = (situation: TenantSituation, verb: TenantVerb): Cell => {
  const step = transition(situation, verb)
  switch (step.do) {
    case 'start':
      return `${step.raisesGeneration ? '+' : ''}${step.kind}:${step.status}`
    case 'nothing':
      return step.done ? '-' : '~'
    case 'refuse':
      return 'x'
    default:
      return step.do
  }
}

describe('transition', () => {
  for (const status of TENANT_STATUSES) {
    it(`decides every verb on a tenant that is ${status}`, () => {
      expect(VERBS.map((verb) => cell({ status, live: false }, verb))).toEqual(FRESH[status])
    })

    it(`updates instead of provisioning when a ${status} tenant has a living instance`, () => {
      const updated = FRESH[status].map((text) =>
        status === 'requested'
          ? text.replace('provision:requested', 'update:requested')
          : text.replace('provision:provisioning', 'update:updating'),
      )
      expect(VERBS.map((verb) => cell({ status, live: true }, verb))).toEqual(updated)
    })
  }

  it.each<[OperationKind, Cell]>([
    ['provision', 'provision:provisioning'],
    ['update', 'update:updating'],
    ['reconcile', 'reconcile:updating'],
    ['archive', 'archive:archiving'],
    ['delete', 'delete:deleting'],
  ])('retries a failed %s', (failedOperation, expected) => {
    const situation = { status: 'failed', live: true, failedOperation } as const
    expect(cell(situation, 'retry')).toBe(expected)
    expect(cell(situation, 'reconcile')).toBe(expected)
  })

  it.each<OperationKind>(['archive', 'delete'])(
    'brings a tenant back by an unchanged PUT after a failed %s',
    (failedOperation) => {
      expect(cell({ status: 'failed', live: true, failedOperation }, 'put')).toBe('+update:updating')
    },
  )

  it('names the way out in every refusal', () => {
    const refusals = TENANT_STATUSES.flatMap((status) =>
      VERBS.map((verb) => transition({ status, live: false }, verb)).filter((step) => step.do === 'refuse'),
    )
    expect(refusals.length).toBeGreaterThan(10)
    for (const refusal of refusals) expect(refusal.why).toMatch(/^is .+; .+/)
  })
})
