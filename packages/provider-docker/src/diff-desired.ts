import { type ConfigChange, diffConfig, diffSecrets, type ResolvedSecrets } from '@landlord/compute-core'
import { dockerConfigSchema } from './docker-config-schema.ts'
import { fromContainer, hasHostOptions, liveSecrets } from './from-container.ts'
import { type NormalisedConfig, toJson } from './normalise-config.ts'
import type { Container } from './read-tenant.ts'

const IN_PLACE = /^\/(restart_policy|resources(\/(cpu|memory|pids))?)$/
/** Where the engine has no host, limits are part of what was started. */
const IN_PLACE_WITHOUT_HOST = /^\/restart_policy$/
/** The engine reads 0 as "unchanged": these limits can be moved in a running container, but not taken away. */
const NOT_REMOVABLE = /^\/resources\/(cpu|memory)$/

/**
 * What would change if `desired` replaced what the container runs with. The same for update, plan and drift. Without `secrets`,
 * nothing is said of them.
 */
export function diffDesired(
  container: Container,
  desired: NormalisedConfig,
  secrets?: ResolvedSecrets,
): ConfigChange[] {
  const live = fromContainer(container)
  const changes = diffConfig(live === undefined ? {} : toJson(live), toJson(desired), { schema: dockerConfigSchema })
  return [
    ...withEffects(changes, hasHostOptions(container) ? IN_PLACE : IN_PLACE_WITHOUT_HOST),
    ...(secrets === undefined ? [] : diffSecrets(liveSecrets(container), secrets)),
  ]
}

/** Everything that a tenant without a container would get. */
export function diffFromNothing(desired: NormalisedConfig, secrets: ResolvedSecrets = {}): ConfigChange[] {
  return [...diffConfig({}, toJson(desired), { schema: dockerConfigSchema }), ...diffSecrets({}, secrets)]
}

/** Under `pull_policy: always` the tag may have moved: the same name, another image. */
export function diffImage(container: Container, desired: NormalisedConfig, imageId: string): ConfigChange[] {
  if (container.Image === imageId) return []
  const shown = (id: string) => `${desired.image} (${id})`
  return [{ path: '/image', from: shown(container.Image), to: shown(imageId), effect: 'replace' }]
}

export function needsReplacement(changes: readonly ConfigChange[]): boolean {
  return changes.some(({ effect }) => effect === 'replace')
}

function withEffects(changes: readonly ConfigChange[], inPlace: RegExp): ConfigChange[] {
  return changes.map((change) => {
    const stays = inPlace.test(change.path) && !(NOT_REMOVABLE.test(change.path) && change.to === undefined)
    return stays ? { ...change, effect: 'in_place' } : change
  })
}
