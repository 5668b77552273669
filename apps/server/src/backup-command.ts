import { parseArgs } from 'node:util'
import { readDatabaseSettings } from './read-database-settings.ts'
import { ServerSettingsError } from './server-settings-error.ts'
import { backupSqlite } from './store/backup-sqlite.ts'

const BACKUP_HELP = `landlord-server backup: copies a SQLite database, while servers work on it.

  --to <file>             where the copy goes; must not exist
  --config <file>         settings file; default: landlord.yaml and the usual places
  --database-url <url>    database.url, e.g. sqlite:./landlord.db
  --help

The copy is checked before it has its name. What a restore means: docs/backup.md. PostgreSQL is backed up with pg_dump.
`

/** What is printed. Throws settings errors, and `StoreError` where no backup was made. */
export async function runBackupCommand(argv: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      to: { type: 'string' },
      config: { type: 'string' },
      'database-url': { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return BACKUP_HELP
  const { url } = readDatabaseSettings('a backup', { configFile: values.config, url: values['database-url'] })
  const { file, bytes } = await backupSqlite(sqlitePath(url), requireTarget(values.to))
  return `${file}: ${bytes} bytes, checked\n`
}

function requireTarget(to: string | undefined): string {
  if (to !== undefined && to !== '') return to
  throw new ServerSettingsError({
    keys: ['--to'],
    message: 'say where the backup goes: landlord-server backup --to <file>',
  })
}

function sqlitePath(url: string): string {
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '') : ''
  if (path !== '') return path
  throw new ServerSettingsError({
    keys: ['database.url'],
    message: 'only a SQLite database is copied like this; PostgreSQL is backed up with pg_dump (docs/backup.md)',
  })
}
