import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { DatabaseLimits } from './database-limits.ts'
import { postgresStoreDialect } from './postgres/postgres-dialect.ts'
import { sqliteStoreDialect } from './sqlite-dialect.ts'
import type { StoreDialect } from './store-dialect.ts'
import { StoreError } from './store-error.ts'

/** By the URL's scheme. Throws `StoreError` for a URL that names no database. */
export function selectDialect(url: string, limits: DatabaseLimits): StoreDialect {
  if (/^postgres(ql)?:\/\//.test(url)) return postgresStoreDialect(url, limits)
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '') : ''
  if (path === '' || path === ':memory:') {
    throw new StoreError({
      message: `database.url must be "sqlite:<path of a file>" or "postgres://<user>:<password>@<host>:<port>/<database>", got ${described(url)}`,
    })
  }
  const file = resolve(path)
  // The file holds tenants' secrets: nobody else on the machine may read it. SQLite gives its log files the same mode.
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  return sqliteStoreDialect(file)
}

// Anything else may hold a password, and where it begins and ends cannot be told from a URL that is wrong.
function described(url: string): string {
  if (url === '' || url.startsWith('sqlite:')) return JSON.stringify(url)
  const scheme = /^[a-z][a-z0-9+.-]*(?=:\/\/)/i.exec(url)?.[0]
  return scheme === undefined ? 'something without a scheme' : `"${scheme}://…"`
}
