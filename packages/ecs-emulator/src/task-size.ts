import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { clientException } from './ecs-error.ts'

interface MemoryRange {
  readonly from: number
  readonly to: number
  readonly step: number
}

/** Memory in MiB by CPU units. Captured: somebody registered every pairing in August 2026; AWS documents the same. */
const FARGATE_MEMORY: Readonly<Record<string, MemoryRange>> = {
  256: { from: 512, to: 2048, step: 512 },
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16_384, step: 1024 },
  4096: { from: 8192, to: 30_720, step: 1024 },
  8192: { from: 16_384, to: 61_440, step: 4096 },
  16384: { from: 32_768, to: 122_880, step: 8192 },
}
/** The one hole in a range. */
const NOT_OFFERED = '256/1536'

/** `1 vCPU` becomes 1024 and `2 GB` 2048, as ECS writes them into the revision (documented). */
export function taskSizeOf({
  cpu,
  memory,
}: Pick<RegisterTaskDefinitionRequest, 'cpu' | 'memory'>): Pick<RegisterTaskDefinitionRequest, 'cpu' | 'memory'> {
  return {
    ...(cpu === undefined ? {} : { cpu: inUnits('cpu', cpu, /^(\d*\.?\d+) ?vcpu$/i) }),
    ...(memory === undefined ? {} : { memory: inUnits('memory', memory, /^(\d*\.?\d+) ?gb$/i) }),
  }
}

function inUnits(name: string, value: string, inThousands: RegExp): string {
  const large = inThousands.exec(value)?.[1]
  const units = large === undefined ? value : String(Number(large) * 1024)
  if (/^\d+$/.test(units)) return units
  // The text is invented.
  throw clientException(`Invalid '${name}' setting for task: "${value}".`)
}

/** @throws ClientException for a pairing that Fargate does not offer, in the words that users report. */
export function checkFargateSize(cpu: string, memory: string): void {
  const range = FARGATE_MEMORY[cpu]
  const size = Number(memory)
  const offered =
    range !== undefined &&
    size >= range.from &&
    size <= range.to &&
    (size - range.from) % range.step === 0 &&
    `${cpu}/${memory}` !== NOT_OFFERED
  if (offered) return
  throw clientException(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`)
}
