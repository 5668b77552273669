import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import envPaths from 'env-paths'
import { CliError } from '../cli-error.ts'

/** Where `landlord dev` keeps everything. */
export interface DataDirectory {
  readonly path: string
  readonly databaseFile: string
  readonly logFile: string
  /** What the mock provider simulates; it outlives the process, as a real target does. */
  readonly mockWorldFile: string
  /** The workflow engine's folder; it can be wiped at any moment. */
  readonly engineDirectory: string
  readonly workerToken: string
}

const TOKEN_BYTES = 32

/**
 * Opens `given`, or the place that this system has for a program's data (`$XDG_DATA_HOME/landlord` or
 * `~/.local/share/landlord` on Linux). What is made is for this user alone: tenants' secrets are in it.
 */
export function openDataDirectory(given: string | undefined, cwd: string): DataDirectory {
  const path = dataDirectoryPath(given, cwd)
  try {
    // Only a folder that is made here is closed to others: with `--data-dir .` somebody else's rights are not ours to take.
    if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(path, 0o700)
    return {
      path,
      databaseFile: join(path, 'landlord.db'),
      logFile: join(path, 'landlord.log'),
      mockWorldFile: join(path, 'mock-world.db'),
      engineDirectory: engineDirectoryOf(path),
      workerToken: readOrMakeToken(join(path, 'worker-token')),
    }
  } catch (cause) {
    throw new CliError({
      reason: 'failure',
      message: `the data directory ${path} cannot be used: ${(cause as Error).message}`,
      wayOut: ['choose another with: landlord dev --data-dir <directory>'],
      cause,
    })
  }
}

export function dataDirectoryPath(given: string | undefined, cwd: string): string {
  return given === undefined ? envPaths('landlord', { suffix: '' }).data : resolve(cwd, given)
}

export function engineDirectoryOf(path: string): string {
  return join(path, 'restate')
}

// The same for as long as the directory exists, so that a worker of another process goes on being known.
function readOrMakeToken(file: string): string {
  try {
    writeFileSync(file, randomBytes(TOKEN_BYTES).toString('base64url'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const token = readFileSync(file, 'utf8').trim()
  if (token !== '') return token
  // The process died between making the file and filling it.
  const made = randomBytes(TOKEN_BYTES).toString('base64url')
  writeFileSync(file, made, { mode: 0o600 })
  return made
}
