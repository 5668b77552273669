import type { ContainerEndpoint, DockerCreateBody } from '../store/records.ts'
import { hostConfigOf } from './definition/host-config.ts'

const DEFAULTS = ['', 'default', 'bridge']

/** Networks of a create request by name, from mode and endpoints; the default network is none in particular. */
function endpointNames(body: DockerCreateBody): { readonly name: string; readonly aliases: readonly string[] }[] {
  const endpoints = body.NetworkingConfig?.EndpointsConfig ?? {}
  const names = new Set([hostConfigOf(body).NetworkMode ?? '', ...Object.keys(endpoints)])
  return [...names]
    .filter((name) => !DEFAULTS.includes(name))
    .map((name) => ({ name, aliases: [...new Set(endpoints[name]?.Aliases ?? [])] }))
}

/** Resolved; `resolve` throws or answers undefined for a network that does not exist, which is then left out. */
export function readEndpoints(
  body: DockerCreateBody,
  resolve: (name: string) => { readonly id: string } | undefined,
): ContainerEndpoint[] {
  return endpointNames(body).flatMap(({ name, aliases }) => {
    const network = resolve(name)
    return network === undefined ? [] : [{ networkId: network.id, aliases }]
  })
}
