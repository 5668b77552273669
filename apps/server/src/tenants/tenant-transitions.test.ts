import { OPERATION_KINDS, type OperationKind, TENANT_STATUSES, type TenantStatus } from '@landlord/api-contract'
import { describe, expect, it } from 'vitest'
import { arrivalOf, type TenantSituation, type TenantVerb, transition } from './tenant-transitions.ts'

const VERBS = [
  'put',
  'change',
  'archive',
  'delete',
  'retry',
  'reconcile',
  'suspend',
  'resume',
  'restart',
  'pause',
  'unpause',
] as const satisfies TenantVerb[]

/** `kind:status` starts (`+` with a new generation), `-` nothing to do, `~` under way already, `x` refused. */
type Cell = string

const SUSPEND = '+suspend:suspending'
const RESUME = '+resume:resuming'
const RESTART = '+restart:updating'

/** Not live, not suspended unless the status says so, neither paused nor protected. */
const situationOf = (status: TenantStatus, over: Partial<TenantSituation> = {}): TenantSituation => ({
  status,
  live: false,
  suspended: status === 'suspending' || status === 'suspended',
  options: { deletionProtection: false },
  ...over,
})

// Of a tenant that never settled; the columns are the verbs from `put` to `reconcile`.
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

// The same of a tenant, live or not; the columns are the verbs from `suspend` to `unpause`.
const STOPPING: Readonly<Record<TenantStatus, readonly Cell[]>> = {
  //           suspend  resume  restart  pause    unpause
  requested: [SUSPEND, '~', 'x', 'pause', '-'],
  provisioning: [SUSPEND, '~', 'x', 'pause', '-'],
  ready: [SUSPEND, '-', RESTART, 'pause', '-'],
  updating: [SUSPEND, '~', RESTART, 'pause', '-'],
  suspending: ['~', RESUME, 'x', 'pause', '-'],
  suspended: ['-', RESUME, 'x', 'pause', '-'],
  resuming: [SUSPEND, '~', 'x', 'pause', '-'],
  archiving: ['x', 'x', 'x', 'x', 'x'],
  archived: ['x', 'x', 'x', 'x', '-'],
  deleting: ['x', 'x', 'x', 'x', 'x'],
  failed: [SUSPEND, 'x', 'x', 'pause', '-'],
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
      const cells = VERBS.map((verb) => cell(situationOf(status), verb))
      expect(cells).toEqual([...FRESH[status], ...STOPPING[status]])
    })

    it(`updates instead of provisioning when a ${status} tenant has a living instance`, () => {
      const updated = FRESH[status].map((text) =>
        status === 'requested'
          ? text.replace('provision:requested', 'update:requested')
          : text.replace('provision:provisioning', 'update:updating'),
      )
      const stopping = status === 'failed' ? STOPPING.failed.with(2, RESTART) : STOPPING[status]
      const cells = VERBS.map((verb) => cell(situationOf(status, { live: true }), verb))
      expect(cells).toEqual([...updated, ...stopping])
    })
  }

  it.each<[OperationKind, Cell]>([
    ['provision', 'provision:provisioning'],
    ['update', 'update:updating'],
    ['reconcile', 'reconcile:updating'],
    ['suspend', 'suspend:suspending'],
    ['resume', 'resume:resuming'],
    ['restart', 'restart:updating'],
    ['adopt', 'adopt:provisioning'],
    ['archive', 'archive:archiving'],
    ['delete', 'delete:deleting'],
  ])('retries a failed %s', (failedOperation, expected) => {
    const situation = situationOf('failed', { live: true, failedOperation })
    expect(cell(situation, 'retry')).toBe(expected)
    expect(cell(situation, 'reconcile')).toBe(expected)
  })

  it.each<OperationKind>(['archive', 'delete'])(
    'brings a tenant back by an unchanged PUT after a failed %s',
    (failedOperation) => {
      expect(cell(situationOf('failed', { live: true, failedOperation }), 'put')).toBe('+update:updating')
    },
  )

  it.each<[string, Partial<TenantSituation>, Cell]>([
    ['suspended', { suspended: true, failedOperation: 'update' }, RESUME],
    ['being suspended', { suspended: true, failedOperation: 'suspend' }, RESUME],
    ['being resumed', { failedOperation: 'resume' }, RESUME],
    ['running', { failedOperation: 'update' }, 'x'],
  ])('resumes a tenant that failed while it was %s: %o', (_, over, expected) => {
    expect(cell(situationOf('failed', { live: true, ...over }), 'resume')).toBe(expected)
  })

  it('keeps a suspended tenant suspended through every change, and wakes it by resume alone', () => {
    const kept = VERBS.flatMap((verb) => {
      const step = transition(situationOf('suspended', { live: true }), verb)
      return step.do === 'start' ? [`${verb}: ${step.suspended}`] : []
    })
    expect(kept).toEqual(['change: true', 'archive: true', 'delete: true', 'resume: false'])
  })

  it('does not restart what is suspended, whatever is under way, nor what is meant to be gone', () => {
    expect(cell(situationOf('updating', { suspended: true, live: true }), 'restart')).toBe('x')
    expect(cell(situationOf('failed', { live: true, failedOperation: 'archive' }), 'restart')).toBe('x')
  })

  it.each<OperationKind>(['archive', 'delete'])(
    'brings nothing back by a stop or a start after a failed %s',
    (kind) => {
      for (const over of [{}, { suspended: true }, { adopts: 'by-hand' }]) {
        const situation = situationOf('failed', { live: true, failedOperation: kind, ...over })
        const steps = (['suspend', 'resume', 'restart'] as const).map((verb) => transition(situation, verb))
        const why = expect.stringContaining('is meant to be gone; retry that')
        expect(steps).toEqual(steps.map(() => ({ do: 'refuse', why })))
      }
    },
  )

  it('suspends and resumes what an older server called ready although it is meant to be suspended', () => {
    const situation = situationOf('ready', { live: true, suspended: true })
    expect([cell(situation, 'suspend'), cell(situation, 'resume')]).toEqual([SUSPEND, RESUME])
  })

  it('protects from archive and delete, and from a retry of them, and from nothing else', () => {
    const options = { deletionProtection: true }
    for (const status of TENANT_STATUSES) {
      const protectedCells = VERBS.map((verb) => cell(situationOf(status, { options }), verb))
      const refused = [...FRESH[status], ...STOPPING[status]].map((text) =>
        /^(\+(archive|delete):|remove)/.test(text) ? 'x' : text,
      )
      expect(protectedCells).toEqual(refused)
    }
    const failed = situationOf('failed', { failedOperation: 'delete', options })
    expect([cell(failed, 'retry'), cell(failed, 'reconcile'), cell(failed, 'put')]).toEqual([
      'x',
      'x',
      '+provision:provisioning',
    ])
  })

  it('pauses and unpauses once, and takes every other verb on a paused tenant as on any', () => {
    const pausedAt = '2026-01-01T00:00:00.000Z'
    for (const status of TENANT_STATUSES.filter((name) => !/^(arch|del)/.test(name))) {
      const cells = VERBS.map((verb) => cell(situationOf(status, { pausedAt }), verb))
      expect(cells).toEqual([...FRESH[status], ...STOPPING[status].slice(0, 3), '-', 'unpause'])
    }
  })

  it('names the way out in every refusal', () => {
    const refusals = [...reachable(CREATED, ADOPTED).values()].flatMap(({ situation }) =>
      VERBS.map((verb) => transition(situation, verb)).filter((step) => step.do === 'refuse'),
    )
    expect(refusals.length).toBeGreaterThan(40)
    for (const refusal of refusals) expect(refusal.why).toMatch(/^(is|has) .+[;,] .+/)
  })
})

/** A tenant's situation with what is under way, and where clients' verbs and the worker's outcomes lead from there. */
interface Place {
  readonly situation: TenantSituation
  readonly operation?: OperationKind
}

const GONE = 'gone'
const keyOf = ({ situation, operation }: Place): string => JSON.stringify([situation, operation ?? null])

function placesAfter(place: Place): (Place | typeof GONE)[] {
  return [...VERBS.flatMap((verb) => afterVerb(place, verb)), ...afterWork(place), ...afterProtection(place)]
}

function afterVerb({ situation, operation }: Place, verb: TenantVerb): (Place | typeof GONE)[] {
  const step = transition(situation, verb)
  const { pausedAt, failedOperation, ...rest } = situation
  const failed = failedOperation === undefined ? {} : { failedOperation }
  switch (step.do) {
    case 'start': {
      const wins = step.kind === 'archive' || step.kind === 'delete'
      const paused = pausedAt === undefined || wins ? {} : { pausedAt }
      return [
        { situation: { ...rest, ...paused, status: step.status, suspended: step.suspended }, operation: step.kind },
      ]
    }
    case 'remove':
      return [GONE]
    case 'pause':
      return [{ situation: { ...situation, pausedAt: 'then' }, ...(operation === undefined ? {} : { operation }) }]
    case 'unpause':
      return [{ situation: { ...rest, ...failed }, ...(operation === undefined ? {} : { operation }) }]
    default:
      return []
  }
}

// The provider permitting: an operation may succeed as well as fail. A paused one does neither.
function afterWork({ situation, operation }: Place): (Place | typeof GONE)[] {
  if (operation === undefined || situation.pausedAt !== undefined) return []
  const arrival = arrivalOf(operation, situation.suspended)
  const failed: Place = { situation: { ...situation, status: 'failed', failedOperation: operation } }
  if (arrival === 'gone') return [failed, GONE]
  const isArchived = arrival === 'archived'
  const suspended = isArchived ? false : situation.suspended
  const { adopts, ...rest } = situation
  return [failed, { situation: { ...rest, status: arrival, live: !isArchived, suspended } }]
}

function afterProtection(place: Place): Place[] {
  if (place.situation.status === 'deleting') return []
  const { deletionProtection } = place.situation.options
  return [{ ...place, situation: { ...place.situation, options: { deletionProtection: !deletionProtection } } }]
}

const CREATED: Place = { situation: situationOf('requested'), operation: 'provision' }

const ADOPTED: Place = { situation: situationOf('provisioning', { adopts: 'by-hand' }), operation: 'adopt' }

function reachable(...from: readonly Place[]): Map<string, Place> {
  const found = new Map(from.map((place) => [keyOf(place), place]))
  for (const place of found.values()) {
    for (const next of placesAfter(place)) if (next !== GONE) found.set(keyOf(next), next)
  }
  return found
}

describe('from every place that a tenant can get to', () => {
  const places = reachable(CREATED, ADOPTED)
  const isReachableFrom = (goals: ReadonlySet<string>): ReadonlySet<string> => {
    // Backwards along all ways at once, until nothing new leads there.
    const good = new Set(goals)
    for (let size = -1; size !== good.size; ) {
      size = good.size
      for (const [key, place] of places) {
        if (placesAfter(place).some((next) => good.has(next === GONE ? GONE : keyOf(next)))) good.add(key)
      }
    }
    return good
  }
  const stuck = (goals: ReadonlySet<string>) => {
    const good = isReachableFrom(goals)
    return [...places].filter(([key]) => !good.has(key)).map(([, place]) => place)
  }

  it('there are many, of every status and of every failed operation', () => {
    const statuses = new Set([...places.values()].map(({ situation }) => situation.status))
    expect([...statuses].toSorted()).toEqual([...TENANT_STATUSES].toSorted())
    const failures = new Set([...places.values()].flatMap(({ situation }) => situation.failedOperation ?? []))
    expect([...failures].toSorted()).toEqual([...OPERATION_KINDS].toSorted())
  })

  it('a way leads to being gone', () => {
    expect(stuck(new Set([GONE]))).toEqual([])
  })

  it.each(['ready', 'suspended', 'archived'] as const)('a way leads to %s', (status) => {
    const goals = [...places].filter(([, { situation }]) => situation.status === status).map(([key]) => key)
    expect(stuck(new Set(goals))).toEqual([])
  })
})
