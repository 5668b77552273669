import type { DockerCreateBody } from '../../store/records.ts'

/** On the container definition: what the client asked for, so that a backend without its store can say it again. */
export const LABEL_CONFIG = 'sockerless/config'

/** All but what the definition has in places of its own: environment and labels. Nothing secret is written twice. */
export function packConfig({ Env: _env, Labels: _labels, ...rest }: DockerCreateBody): string {
  return JSON.stringify(rest)
}
