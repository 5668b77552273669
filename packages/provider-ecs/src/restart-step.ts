import type { Service, Tag } from '@aws-sdk/client-ecs'
import type { DesiredService } from './desired-service.ts'
import { PROVIDER_TAGS, readTags, restartMark } from './provider-tags.ts'
import { primaryDeployment } from './resource-ids.ts'

/**
 * How to replace the running copies exactly once for a token. `before` is written first and names the deployment that is to
 * go; only while that one is still PRIMARY is a new one forced, so a repeated call, or one after a lost answer, forces none.
 */
export type RestartStep =
  | { readonly kind: 'none' }
  | { readonly kind: 'restart'; readonly before: readonly Tag[]; readonly force: boolean; readonly after: Tag }

export function restartStep(service: Service, { restartToken, suspended }: DesiredService): RestartStep {
  if (restartToken === undefined) return { kind: 'none' }
  const mark = restartMark(restartToken)
  const tags = readTags(service)
  if (tags[PROVIDER_TAGS.restartToken] === mark) return { kind: 'none' }
  const after: Tag = { key: PROVIDER_TAGS.restartToken, value: mark }
  const primaryId = primaryDeployment(service)?.id ?? ''
  // Nothing runs that could be replaced; what is started later is new anyway.
  if (suspended || service.desiredCount === 0) return { kind: 'restart', before: [], force: false, after }
  const intent = `${mark}@${primaryId}`
  const begun = tags[PROVIDER_TAGS.restarting]
  if (begun === intent) return { kind: 'restart', before: [], force: true, after }
  if (begun?.startsWith(`${mark}@`)) return { kind: 'restart', before: [], force: false, after }
  return { kind: 'restart', before: [{ key: PROVIDER_TAGS.restarting, value: intent }], force: true, after }
}
