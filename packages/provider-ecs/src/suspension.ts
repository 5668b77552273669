import type { Service } from '@aws-sdk/client-ecs'
import type { DesiredService } from './desired-service.ts'
import { PROVIDER_TAGS, readTags } from './provider-tags.ts'

/**
 * What is left to do for a service to be suspended or not. The size is noted on the service before it is scaled down, and the
 * note goes after it was restored, so that it survives an end at any point.
 */
export type Suspension =
  | { readonly kind: 'none' }
  | { readonly kind: 'suspend'; readonly remember: number; readonly scaleDown: boolean }
  | { readonly kind: 'resume'; readonly count: number }

export function suspensionStep(service: Service, { suspended, config }: DesiredService): Suspension {
  const noted = rememberedCount(service)
  const live = service.desiredCount ?? 0
  if (!suspended)
    return noted === undefined ? { kind: 'none' } : { kind: 'resume', count: config.desired_count ?? noted }
  const remember = config.desired_count ?? noted ?? live
  if (noted === remember && live === 0) return { kind: 'none' }
  return { kind: 'suspend', remember, scaleDown: live !== 0 }
}

/** The size that a suspended service will come back with; undefined for one that is not suspended. */
export function rememberedCount(service: Service): number | undefined {
  const note = readTags(service)[PROVIDER_TAGS.suspendedCount]
  return note !== undefined && /^[0-9]+$/.test(note) ? Number(note) : undefined
}
