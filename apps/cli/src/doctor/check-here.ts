import type { DiagnosisCheck } from '@landlord/api-contract'
import type { CliContext } from '../cli-context.ts'

/** As `engines` of the packages has it; `node:sqlite` needs no flag from here on. */
const OLDEST_NODE = [22, 13] as const

/** What can be said without a server: the Node.js that runs this, and the settings. */
export async function checkHere(context: CliContext, configFile: string | undefined): Promise<DiagnosisCheck[]> {
  return [checkNode(process.versions.node), await checkSettings(context, configFile)]
}

export function checkNode(version: string): DiagnosisCheck {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return { name: 'node', status: 'ok', message: `Node.js ${version}` }
  }
  return {
    name: 'node',
    status: 'error',
    message: `Node.js ${version} is too old`,
    fix: `install Node.js ${OLDEST_NODE.join('.')} or newer`,
  }
}

async function checkSettings(
  { env, cwd, homeDirectory }: CliContext,
  configFile: string | undefined,
): Promise<DiagnosisCheck> {
  const { landlordSettingsSchema, loadSettings } = await import('@landlord/settings')
  try {
    const { file, warnings } = loadSettings({ schema: landlordSettingsSchema, env, cwd, homeDirectory, configFile })
    const where = file ?? 'no settings file; environment and defaults'
    const [warning] = warnings
    if (warning === undefined) return { name: 'settings', status: 'ok', message: where }
    return { name: 'settings', status: 'warning', message: warning.message, fix: 'landlord config check' }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { name: 'settings', status: 'error', message, fix: 'correct what is named, then: landlord config check' }
  }
}
