import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Every process of a run has the same parent.
const folder = join(tmpdir(), `landlord-api-coverage-${process.ppid}`)

/** Keeps what a file of tests has seen of the API for the end of the run. */
export function keepSeen(items: Iterable<string>): void {
  mkdirSync(folder, { recursive: true })
  appendFileSync(join(folder, `${process.pid}.txt`), [...items].map((item) => `${item}\n`).join(''))
}

/** What all files of this run have seen; undefined when none has run. */
export function takeSeen(): Set<string> | undefined {
  if (!existsSync(folder)) return undefined
  const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
  rmSync(folder, { recursive: true, force: true })
  return new Set(lines)
}
