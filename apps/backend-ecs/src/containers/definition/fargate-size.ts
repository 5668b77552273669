import { badRequest } from '../../errors/docker-error.ts'
import type { EcsSettings } from '../../settings/backend-settings.ts'
import { type HostConfig, readAmount } from './host-config.ts'

/** In CPU units (1024 are one vCPU) and MiB. */
export interface FargateSize {
  readonly cpu: number
  readonly memory: number
}

const MIB = 1024 * 1024
const NANO_PER_CPU = 1e9

/** Memory by CPU, from, to and step in MiB (AWS: "Fargate task CPU and memory"). 256 CPU units have no 1.5 GiB. */
const SIZES: readonly (readonly [cpu: number, from: number, to: number, step: number])[] = [
  [256, 512, 1024, 512],
  [256, 2048, 2048, 1024],
  [512, 1024, 4096, 1024],
  [1024, 2048, 8192, 1024],
  [2048, 4096, 16_384, 1024],
  [4096, 8192, 30_720, 1024],
  [8192, 16_384, 61_440, 4096],
  [16_384, 32_768, 122_880, 8192],
]

type Defaults = Pick<EcsSettings, 'default_cpus' | 'default_memory_mib'>

/** The smallest size that holds what is asked for, or the defaults. Throws 400 for more than the largest. */
export function fargateSize(host: HostConfig, defaults: Defaults): FargateSize {
  const asked = readAmount('NanoCpus', host.NanoCpus) / NANO_PER_CPU
  const cpus = asked === 0 ? defaults.default_cpus : asked
  const bytes = Math.max(readAmount('Memory', host.Memory), readAmount('MemoryReservation', host.MemoryReservation))
  const memory = bytes === 0 ? defaults.default_memory_mib : Math.ceil(bytes / MIB)
  for (const [cpu, from, to, step] of SIZES) {
    if (cpu < cpus * 1024 || to < memory) continue
    return { cpu, memory: Math.max(from, from + Math.ceil((memory - from) / step) * step) }
  }
  throw badRequest(
    `${cpus} CPUs and ${memory} MiB of memory are more than Fargate has in one task: 16 CPUs and 122880 MiB, and for each number of CPUs its own range of memory`,
  )
}
