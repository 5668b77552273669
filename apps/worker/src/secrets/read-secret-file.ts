import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import { AccessDeniedError, SecretUnavailableError, throwIfAborted } from '@landlord/compute-core'

/** More than any target takes for a variable. */
const LARGEST_SECRET_BYTES = 65_536

/**
 * A file below one of the roots, links followed: where it really is decides, so neither `..` nor a link leads out. One line break
 * at its end is left out, as editors and `echo` write it.
 */
export async function readSecretFile(
  name: string,
  path: string,
  { roots, signal }: { roots: readonly string[]; signal: AbortSignal },
): Promise<string> {
  throwIfAborted(signal)
  if (roots.length === 0) throw denied(name, path, 'secrets.file_roots names no folder')
  // A file outside is refused in the same words whether it is there or not.
  const real = await realpath(path).catch((cause: unknown) => cause)
  const realRoots = await Promise.all(roots.map((root) => realpath(root).catch(() => undefined)))
  const within = (file: string) => realRoots.some((root) => root !== undefined && isBelow(file, root))
  if (typeof real === 'string' ? !within(real) : !roots.some((root) => isBelow(path, root))) {
    throw denied(name, path, `it is not below a folder of secrets.file_roots (${roots.join(', ')})`)
  }
  if (typeof real !== 'string') throw unreadable(name, path, real)
  return await readWhole(name, path, real)
}

function isBelow(file: string, folder: string): boolean {
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

async function readWhole(name: string, path: string, real: string): Promise<string> {
  let bytes: Buffer
  try {
    // Not to wait for a writer where it is a pipe, and not to follow what has become a link since.
    const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const status = await file.stat()
      if (!status.isFile()) throw denied(name, path, 'it is no regular file')
      if (status.size > LARGEST_SECRET_BYTES)
        throw denied(name, path, `it is larger than ${LARGEST_SECRET_BYTES} bytes`)
      bytes = await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw AccessDeniedError.isInstance(error) ? error : unreadable(name, path, error)
  }
  return toValue(name, path, bytes)
}

function toValue(name: string, path: string, bytes: Buffer): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw denied(name, path, 'it is not UTF-8 text, which a variable has to be')
  }
  const value = text.replace(/\r?\n$/, '')
  if (value.includes('\0')) throw denied(name, path, 'it has a NUL byte, which no variable can have')
  if (value !== '') return value
  throw new SecretUnavailableError({ message: `secret ${name}: ${path} is empty` })
}

function denied(name: string, path: string, why: string): AccessDeniedError {
  return new AccessDeniedError({ message: `secret ${name}: the worker may not read ${path}: ${why}` })
}

function unreadable(name: string, path: string, cause: unknown): SecretUnavailableError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause)
  return new SecretUnavailableError({ message: `secret ${name}: the worker cannot read ${path} (${code})` })
}
