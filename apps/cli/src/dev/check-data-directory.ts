import { existsSync } from 'node:fs'
import type { DiagnosisCheck } from '@landlord/api-contract'
import { dataDirectoryPath, engineDirectoryOf } from './data-directory.ts'

/** Whether a `landlord dev` works in the data directory. Makes nothing. */
export async function checkDataDirectory(given: string | undefined, cwd: string): Promise<DiagnosisCheck> {
  const path = dataDirectoryPath(given, cwd)
  const name = 'data directory'
  const engineDirectory = engineDirectoryOf(path)
  if (!existsSync(engineDirectory)) return { name, status: 'ok', message: `no landlord dev has ever worked in ${path}` }
  const { findFolderOwner } = await import('@landlord/worker')
  const pid = await findFolderOwner(engineDirectory)
  if (pid === undefined) return { name, status: 'ok', message: `no landlord dev works in ${path} now` }
  return {
    name,
    status: 'warning',
    message: `landlord dev (process ${pid}) works in ${path}, at another address`,
    fix: 'give the address that it printed at its start with --api-url or LANDLORD_API_URL',
  }
}
