import { type ChangeEffect, type ConfigChange, diffConfig } from '@landlord/compute-core'
import { mockConfigSchema } from './mock-config-schema.ts'
import type { MockConfig } from './mock-script.ts'
import { toJsonConfig } from './to-mock-config.ts'

/** The differences between two configurations without gaps, and what each does to the running copies. */
export function diffMockConfig(from: MockConfig | undefined, to: MockConfig): ConfigChange[] {
  const before = from === undefined ? {} : toJsonConfig(from)
  return diffConfig(before, toJsonConfig(to), { schema: mockConfigSchema, effectOf })
}

function effectOf(path: string): ChangeEffect {
  if (path.startsWith('/mock')) return 'none'
  return path.startsWith('/image') || path.startsWith('/env') ? 'replace' : 'in_place'
}
