import type { Service } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { desired } from './__fixtures__/ecs-configs.ts'
import { suspensionStep } from './suspension.ts'
import { toCreateServiceInput } from './to-create-service-input.ts'

const service = (desiredCount: number, noted?: string): Service => ({
  desiredCount,
  tags: noted === undefined ? [] : [{ key: 'landlord.suspended_count', value: noted }],
})

const step = (live: Service, { suspended, count }: { suspended: boolean; count?: number }) =>
  suspensionStep(live, desired(count === undefined ? {} : { desired_count: count }, { suspended }))

describe('suspensionStep', () => {
  it.each([
    ['a running service keeps running', service(3), { suspended: false }, { kind: 'none' }],
    [
      'the size is noted, then scaled down',
      service(3),
      { suspended: true },
      { kind: 'suspend', remember: 3, scaleDown: true },
    ],
    [
      'the configured size is the one to come back with',
      service(7),
      { suspended: true, count: 3 },
      { kind: 'suspend', remember: 3, scaleDown: true },
    ],
    [
      'after the note only the scaling is left',
      service(3, '3'),
      { suspended: true },
      { kind: 'suspend', remember: 3, scaleDown: true },
    ],
    ['nothing is left once both are done', service(0, '3'), { suspended: true }, { kind: 'none' }],
    [
      'another size while suspended is noted',
      service(0, '3'),
      { suspended: true, count: 5 },
      { kind: 'suspend', remember: 5, scaleDown: false },
    ],
    [
      'what an autoscaler did meanwhile is undone, not noted',
      service(2, '3'),
      { suspended: true },
      { kind: 'suspend', remember: 3, scaleDown: true },
    ],
    ['it comes back with the noted size', service(0, '3'), { suspended: false }, { kind: 'resume', count: 3 }],
    ['or with the configured one', service(0, '3'), { suspended: false, count: 5 }, { kind: 'resume', count: 5 }],
    ['an interrupted resume is finished', service(3, '3'), { suspended: false }, { kind: 'resume', count: 3 }],
    ['a note that is no number counts for nothing', service(3, 'many'), { suspended: false }, { kind: 'none' }],
  ] as const)('%s', (_, live, wanted, expected) => {
    expect(step(live, wanted)).toEqual(expected)
  })

  it('has nothing left to do for a service that was made suspended', () => {
    const input = toCreateServiceInput(desired({ desired_count: 4 }, { suspended: true }), { clientToken: 't' })
    expect(input.desiredCount).toBe(0)
    const live: Service = { desiredCount: 0, ...(input.tags === undefined ? {} : { tags: input.tags }) }
    expect(step(live, { suspended: true, count: 4 })).toEqual({ kind: 'none' })
    expect(step(live, { suspended: false })).toEqual({ kind: 'resume', count: 4 })
  })
})
