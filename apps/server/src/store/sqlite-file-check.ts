import { Worker } from 'node:worker_threads'

/** https://www.sqlite.org/rescode.html */
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

// It reads every page and blocks its thread meanwhile, so it is not the server's. A script and not a file: the
// thread starts the same from source and from a build.
const SCRIPT = `
  const { DatabaseSync } = require('node:sqlite')
  const { parentPort, workerData } = require('node:worker_threads')
  const database = new DatabaseSync(workerData.path, { readOnly: true })
  const isDamage = ({ errcode }) => [${SQLITE_CORRUPT}, ${SQLITE_NOTADB}].includes(errcode & 0xff)
  try {
    const rows = database.prepare('pragma ' + workerData.check + '(10)').all()
    parentPort.postMessage(rows.map((row) => Object.values(row)[0]))
  } catch (error) {
    if (!isDamage(error)) throw error
    parentPort.postMessage([error.message])
  }
  database.close()
`

/** What is wrong with a database file; empty for one that is whole. `integrity_check` compares indexes with rows too. Rejects where it cannot be read at all. */
export function checkSqliteFile(
  path: string,
  check: 'quick_check' | 'integrity_check' = 'quick_check',
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(SCRIPT, { eval: true, workerData: { path, check } })
    worker.once('message', (lines: string[]) => resolve(lines.filter((line) => line !== 'ok')))
    worker.once('error', reject)
  })
}
