import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const FOLDER_VARIABLE = 'LANDLORD_TEST_API_COVERAGE_FOLDER'

/** Of a run that ends with a look at what it has seen of the API: every process of it inherits the folder for that. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'landlord-api-coverage-'))
  process.env[FOLDER_VARIABLE] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}

/** Keeps what a file of tests has seen of the API for the end of the run. */
export function keepSeen(items: Iterable<string>): void {
  const folder = process.env[FOLDER_VARIABLE]
  if (folder === undefined || !existsSync(folder)) return
  appendFileSync(join(folder, `${process.pid}.txt`), [...items].map((item) => `${item}\n`).join(''))
}

/** What all files of this run have seen; undefined when none has run. */
export function takeSeen(): Set<string> | undefined {
  const folder = process.env[FOLDER_VARIABLE]
  const files = folder === undefined ? [] : readdirSync(folder).map((file) => join(folder, file))
  if (files.length === 0) return undefined
  return new Set(files.flatMap((file) => readFileSync(file, 'utf8').split('\n')))
}
