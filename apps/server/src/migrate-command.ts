import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type LandlordSettings, landlordSettingsSchema, loadSettings } from '@landlord/settings'
import { ServerSettingsError } from './server-settings-error.ts'
import { toDatabaseLimits } from './store/database-limits.ts'
import { moveFromSqlite } from './store/postgres/move-from-sqlite.ts'

const MIGRATE_HELP = `landlord-server migrate: copies a SQLite database to PostgreSQL, with every server stopped.

  --from <url>            sqlite:<file>; stays as it is, but for the tables of this version
  --to <url>              postgres://<user>:<password>@<host>:<port>/<database>, without tenants
  --help

LANDLORD_MIGRATE_TO instead of --to keeps the password from whoever can list processes. Everything is copied in one transaction,
or nothing. What else to do: docs/many-machines.md.
`

/** What is printed. Throws settings errors, and `StoreError` where nothing was copied. */
export async function runMigrateCommand(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { values } = parseArgs({
    args: [...argv],
    options: { from: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help === true) return MIGRATE_HELP
  const from = requireUrl('--from', values.from, /^sqlite:/)
  const to = requireUrl('--to', values.to ?? env.LANDLORD_MIGRATE_TO, /^postgres(ql)?:\/\//)
  requireFile(from)
  const moved = await moveFromSqlite({ from, to }, toDatabaseLimits(defaults()))
  const lines = moved.map(({ name, rows }) => `${name}: ${rows} rows\n`)
  return `${lines.join('')}copied. Set database.url to the PostgreSQL database, and start the servers\n`
}

function requireUrl(flag: string, url: string | undefined, scheme: RegExp): string {
  if (url !== undefined && scheme.test(url)) return url
  const got = url === undefined ? 'it is missing' : 'it has another scheme'
  throw new ServerSettingsError({
    keys: [flag],
    message: `${flag}: ${got}; expected landlord-server migrate --from sqlite:<file> --to postgres://<user>:<password>@<host>:<port>/<database>`,
  })
}

// Opening a store makes the file where it is missing.
function requireFile(url: string): void {
  const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
  if (existsSync(path)) return
  throw new ServerSettingsError({ keys: ['--from'], message: `--from: there is no file ${JSON.stringify(path)}` })
}

function defaults(): LandlordSettings['database'] {
  const options = { schema: landlordSettingsSchema, env: {}, searchPaths: [] }
  return loadSettings<LandlordSettings>(options).values.database
}
