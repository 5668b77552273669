import { readFileSync, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { CliError, usageError } from '../cli-error.ts'
import { type ConfigObject, parseConfig } from './parse-config.ts'

export interface ConfigInputContext {
  readonly cwd: string
  readonly stdin: Readable & { readonly isTTY?: boolean }
}

/**
 * The value of `--config`: `-` for stdin, `@path`, `file://path`, the path of a file that exists, else JSON or YAML as
 * it stands.
 */
export async function readConfigInput(value: string, { cwd, stdin }: ConfigInputContext): Promise<ConfigObject> {
  if (value === '-') {
    if (stdin.isTTY === true) throw usageError('--config - reads stdin, and nothing is piped into it')
    return parseConfig(await readAll(stdin), { name: 'stdin' })
  }
  const path = pathOf(value, cwd)
  if (path !== undefined) return parseConfig(readText(path), { name: path, isJson: extname(path) === '.json' })
  return parseConfig(value, { name: '--config', isInline: true })
}

function pathOf(value: string, cwd: string): string | undefined {
  if (value.startsWith('@')) return resolve(cwd, value.slice(1))
  if (value.startsWith('file://')) return fileUriPath(value, cwd)
  const path = resolve(cwd, value)
  return isFile(path) ? path : undefined
}

// `file://docs/app.yaml` is not an absolute URI, and yet what people write: its "host" is the first folder.
function fileUriPath(value: string, cwd: string): string {
  const rest = value.slice('file://'.length)
  if (rest.startsWith('/')) return fileURLToPath(value)
  if (rest.startsWith('~'))
    throw usageError(`--config ${value}: write the home directory out; no shell expands it here`)
  return resolve(cwd, decodeURIComponent(rest.replace(/^localhost(?=\/)/, '')))
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // Too long for a path, or with a character that no path has: it is the configuration itself.
    return false
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${message}`
    throw new CliError({ reason: 'invalid', message: `the configuration file ${path} ${what}`, cause })
  }
}

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer | string))
  return Buffer.concat(chunks).toString('utf8')
}
