import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { ENV_CONFIG_FILE, ENV_CREDENTIALS_FILE, ENV_EC2_METADATA_DISABLED } from '../environment-names.ts'

/** A clean AWS environment with shared files of its own; nothing of the machine's is read. Undone with `restore`. */
export function stubAwsEnvironment({
  config = '',
  credentials = '',
  env = {},
}: {
  config?: string
  credentials?: string
  env?: Record<string, string>
}): { folder: string; restore: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'aws-config-'))
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  writeFileSync(join(folder, 'config'), config)
  writeFileSync(join(folder, 'credentials'), credentials)
  vi.stubEnv(ENV_CONFIG_FILE, join(folder, 'config'))
  vi.stubEnv(ENV_CREDENTIALS_FILE, join(folder, 'credentials'))
  vi.stubEnv(ENV_EC2_METADATA_DISABLED, 'true')
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  return {
    folder,
    restore() {
      vi.unstubAllEnvs()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
