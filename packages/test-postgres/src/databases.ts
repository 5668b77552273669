import { randomUUID } from 'node:crypto'
import { Client } from 'pg'

/** Makes a database on the server of `url`, empty or as a copy of another one that nobody is at, and returns the URL of that. */
export async function createDatabase(url: string, template?: string): Promise<string> {
  const database = `test_${randomUUID().replaceAll('-', '')}`
  const from = template === undefined ? '' : ` template ${new URL(template).pathname.slice(1)}`
  await execute(withDatabase(url, 'postgres'), `create database ${database}${from}`)
  return withDatabase(url, database)
}

/** Whoever is connected to it is thrown out. */
export async function dropDatabase(url: string): Promise<void> {
  await execute(withDatabase(url, 'postgres'), `drop database if exists ${new URL(url).pathname.slice(1)} with (force)`)
}

function withDatabase(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
