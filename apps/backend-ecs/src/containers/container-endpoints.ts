import { notOnEcs } from '../errors/docker-error.ts'
import type { ContainerEndpoint, DockerCreateBody } from '../store/records.ts'
import { hostConfigOf, isAsked } from './definition/host-config.ts'

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

/** What an endpoint may ask for beside its aliases, as the docker command line calls it, and why it cannot be had. */
const ENDPOINT_OPTIONS: Readonly<Record<string, readonly [flag: string, why: string]>> = {
  IPAMConfig: ['--ip', 'the VPC gives every task its address'],
  Links: ['--link', 'containers on one network find each other by name'],
  MacAddress: ['--mac-address', 'the VPC gives every task its own'],
  DriverOpts: ['--driver-opt', 'networks are security groups and Cloud Map'],
}

/** Throws 501 for the first option of an endpoint that ECS cannot honour, by name. */
export function refuseEndpointOptions(body: DockerCreateBody): void {
  for (const endpoint of Object.values(body.NetworkingConfig?.EndpointsConfig ?? {})) {
    for (const [option, [flag, why]] of Object.entries(ENDPOINT_OPTIONS)) {
      if (isAsked((endpoint as Record<string, unknown> | null)?.[option])) throw notOnEcs(flag, why)
    }
  }
}
