import type { Container } from './read-tenant.ts'

/** What the engine gives a container that asks for nothing. */
const DEFAULT_SHM_BYTES = 64 * 1024 * 1024

/** What a container has other than by the engine's default and no configuration describes: its replacement goes without. */
export function lostByReplacement({ Config, HostConfig }: Pick<Container, 'Config' | 'HostConfig'>): string[] {
  const { Ulimits, ShmSize = DEFAULT_SHM_BYTES, Dns, DnsOptions, DnsSearch, Sysctls, GroupAdd } = HostConfig
  const has: Readonly<Record<string, boolean>> = {
    ulimits: isSet(Ulimits),
    'size of /dev/shm': ShmSize !== DEFAULT_SHM_BYTES,
    'DNS settings': isSet(Dns) || isSet(DnsOptions) || isSet(DnsSearch),
    sysctls: isSet(Object.keys(Sysctls ?? {})),
    'additional groups': isSet(GroupAdd),
    terminal: Config.Tty === true,
  }
  return Object.keys(has).filter((what) => has[what])
}

/** The engine leaves a list that is empty out, or gives null. */
function isSet(list: readonly unknown[] | null | undefined): boolean {
  return (list?.length ?? 0) > 0
}
