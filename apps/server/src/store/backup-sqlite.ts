import { closeSync, fsyncSync, linkSync, openSync, realpathSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { checkSqliteFile } from './sqlite-file-check.ts'
import { StoreError } from './store-error.ts'

export interface Backup {
  readonly file: string
  readonly bytes: number
}

// Blocks its thread for as long as it takes. A script and not a file: the thread starts the same from source and from a build.
const SCRIPT = `
  const { DatabaseSync } = require('node:sqlite')
  const { parentPort, workerData } = require('node:worker_threads')
  const database = new DatabaseSync(workerData.source, { timeout: 30000 })
  database.prepare('vacuum into ?').run(workerData.target)
  database.close()
  parentPort.postMessage('done')
`

/**
 * Copies a database as it is at one moment, while servers work on it: they go on reading and writing. The copy is checked and on
 * the disk before it has its name, so a file of that name is always whole. Throws `StoreError`, for a `to` that exists too.
 */
export async function backupSqlite(from: string, to: string): Promise<Backup> {
  const file = resolve(to)
  const partial = `${file}.${process.pid}.partial`
  try {
    // Tenants' secrets are in it.
    closeSync(openSync(partial, 'wx', 0o600))
    await vacuumInto(realpathSync(from), partial)
    const problems = await checkSqliteFile(partial, 'integrity_check')
    if (problems.length > 0) throw new Error(`the copy is damaged: ${problems.slice(0, 3).join('; ')}`)
    sync(partial)
    // Never over another backup.
    linkSync(partial, file)
    sync(dirname(file))
    return { file, bytes: statSync(file).size }
  } catch (cause) {
    throw new StoreError({ message: `no backup was made of ${from}: ${reasonOf(cause, file)}`, cause })
  } finally {
    rmSync(partial, { force: true })
  }
}

function vacuumInto(source: string, target: string): Promise<void> {
  return new Promise((done, reject) => {
    const worker = new Worker(SCRIPT, { eval: true, workerData: { source, target } })
    worker.once('message', () => done())
    worker.once('error', reject)
  })
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function reasonOf(cause: unknown, file: string): string {
  const { code, syscall, message } = cause as NodeJS.ErrnoException
  return code === 'EEXIST' && syscall === 'link' ? `${file} exists; choose another name` : message
}
