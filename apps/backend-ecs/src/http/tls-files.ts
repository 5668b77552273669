import { readFile } from 'node:fs/promises'
import type { Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { BackendSettings } from '../settings/backend-settings.ts'

type TlsFiles = NonNullable<BackendSettings['tls']>

/** What the files hold, PEM. */
export interface TlsMaterial {
  readonly cert: string
  readonly key: string
  /** Of client certificates; without it nobody is asked for one. */
  readonly ca?: string
}

/** The TLS files cannot be used: which one, and why. */
export class TlsFilesError extends Error {
  readonly code = 'invalid_tls_files'

  constructor({ message, cause }: { message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'TlsFilesError'
  }
}

/** Reads and checks the files. Rejects with `TlsFilesError`. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const [cert, key, ca] = await Promise.all([
    read('tls.cert_file', files.cert_file),
    read('tls.key_file', files.key_file),
    files.client_ca_file === undefined ? undefined : read('tls.client_ca_file', files.client_ca_file),
  ])
  const material = { cert, key, ...(ca === undefined ? {} : { ca }) }
  try {
    createSecureContext(material)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TlsFilesError({
      message: `tls: ${files.cert_file} and ${files.key_file} do not make a certificate and its key in PEM: ${reason}`,
      cause,
    })
  }
  return material
}

/** How long a renewed certificate goes unnoticed. */
const REREAD_INTERVAL_MS = 60_000

/**
 * Puts renewed files into use without a restart; open connections keep what they have. Files that cannot be used are said
 * in the log, and what was there before serves on. Returns how to stop.
 */
export function keepTlsFresh(
  server: Server,
  { files, current, logger }: { files: TlsFiles; current: TlsMaterial; logger: Logger },
): () => void {
  let inUse = current
  const timer = setInterval(async () => {
    try {
      const found = await readTlsFiles(files)
      if (isDeepStrictEqual(found, inUse)) return
      server.setSecureContext(found)
      inUse = found
      logger.info({ cert_file: files.cert_file }, 'the renewed TLS certificate is in use')
    } catch (error) {
      logger.error({ err: error }, 'the TLS files cannot be used; the certificate from before serves on')
    }
  }, REREAD_INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}

async function read(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TlsFilesError({ message: `${setting}: ${reason}`, cause })
  }
}
