import { CliError } from '../cli-error.ts'
import type { DataDirectory } from './data-directory.ts'

/** What the parts reject with, as an error with a way out. The log has the rest. */
export function toDevError(error: unknown, data: DataDirectory): unknown {
  if (!(error instanceof Error) || error instanceof CliError) return error
  switch ('code' in error ? error.code : undefined) {
    case 'folder_in_use':
      return new CliError({
        reason: 'conflict',
        message: `the data directory ${data.path} is in use: ${error.message}`,
        wayOut: [
          'use the Landlord that runs: landlord version',
          'or start another beside it: landlord dev --port 9000 --data-dir ./landlord-data',
        ],
        cause: error,
      })
    case 'invalid_compute_settings':
      return new CliError({
        reason: 'invalid',
        message: error.message,
        wayOut: ['see every setting and its source with: landlord config check'],
        cause: error,
      })
    default:
      return new CliError({
        reason: 'failure',
        message: `Landlord could not start: ${error.message}`,
        wayOut: [`see the log: ${data.logFile}`],
        cause: error,
      })
  }
}
