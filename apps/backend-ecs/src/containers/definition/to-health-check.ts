import type { HealthCheck } from '@aws-sdk/client-ecs'
import { badRequest, notOnEcs } from '../../errors/docker-error.ts'
import type { DockerCreateBody, ImageRecord } from '../../store/records.ts'

/** As Docker has it: times in nanoseconds, 0 or absent for the default. */
interface DockerHealthCheck {
  readonly Test?: readonly string[] | null
  readonly Interval?: number
  readonly Timeout?: number
  readonly Retries?: number
  readonly StartPeriod?: number
  readonly StartInterval?: number
}

const NANO_PER_SECOND = 1e9

/** Docker's defaults, and what ECS allows (API reference, HealthCheck), in seconds and tries. */
const RANGES = {
  Interval: { otherwise: 30, from: 5, to: 300, flag: '--health-interval' },
  Timeout: { otherwise: 30, from: 2, to: 60, flag: '--health-timeout' },
  Retries: { otherwise: 3, from: 1, to: 10, flag: '--health-retries' },
  StartPeriod: { otherwise: 0, from: 0, to: 300, flag: '--health-start-period' },
} as const

/** The container's check, or else the image's, which ECS would not look at by itself. Undefined: none, or switched off. */
export function toHealthCheck(body: DockerCreateBody, image: Pick<ImageRecord, 'config'>): HealthCheck | undefined {
  const ofImage = (image.config as { config?: { Healthcheck?: DockerHealthCheck } }).config?.Healthcheck ?? {}
  const own = (body.Healthcheck as DockerHealthCheck | null | undefined) ?? {}
  const check = { ...ofImage, ...Object.fromEntries(Object.entries(own).filter(([, value]) => Boolean(value))) }
  const test = own.Test?.length ? own.Test : ofImage.Test
  if (test === undefined || test === null || test.length === 0 || test[0] === 'NONE') return undefined
  if (test[0] !== 'CMD' && test[0] !== 'CMD-SHELL') {
    throw badRequest(`Healthcheck.Test must begin with NONE, CMD or CMD-SHELL, not ${JSON.stringify(test[0])}`)
  }
  if (check.StartInterval) throw notOnEcs('--health-start-interval', 'ECS checks at one interval')
  return {
    command: [...test],
    interval: within('Interval', check.Interval),
    timeout: within('Timeout', check.Timeout),
    retries: within('Retries', check.Retries),
    startPeriod: within('StartPeriod', check.StartPeriod),
  }
}

function within(name: keyof typeof RANGES, value: number | undefined): number {
  const { otherwise, from, to, flag } = RANGES[name]
  if (!value) return otherwise
  const amount = name === 'Retries' ? value : Math.ceil(value / NANO_PER_SECOND)
  if (amount >= from && amount <= to) return amount
  throw notOnEcs(`${flag} ${amount}${name === 'Retries' ? '' : 's'}`, `ECS takes ${from} to ${to}`)
}
