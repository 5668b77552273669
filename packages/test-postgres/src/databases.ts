import { randomUUID } from 'node:crypto'
import { Client } from 'pg'

/** Makes an empty database on the server of `url`, and returns the URL of that. */
export async function createDatabase(url: string): Promise<string> {
  const database = `test_${randomUUID().replaceAll('-', '')}`
  await execute(url, `create database ${database}`)
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
