import type { TaskDefinition } from '@aws-sdk/client-ecs'
import type { DockerCreateBody } from '../../store/records.ts'
import { LABEL_CONFIG } from './config-label.ts'
import { CONTAINER_NAME } from './to-container-definition.ts'

/** The create request that a task definition was made from; undefined when it is none of ours. */
export function fromTaskDefinition({ containerDefinitions = [] }: TaskDefinition): DockerCreateBody | undefined {
  const container = containerDefinitions.find(({ name }) => name === CONTAINER_NAME)
  const { [LABEL_CONFIG]: packed, ...Labels } = container?.dockerLabels ?? {}
  if (container === undefined || packed === undefined) return undefined
  try {
    const config = JSON.parse(packed) as DockerCreateBody
    return { ...config, Env: (container.environment ?? []).map(({ name, value }) => `${name}=${value}`), Labels }
  } catch {
    return undefined
  }
}
