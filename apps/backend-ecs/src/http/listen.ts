import { lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { ListenAddress } from './listen-address.ts'
import { ListenError } from './listen-error.ts'

/** Group and owner may use the socket: 0660. */
const SOCKET_UMASK = 0o117

/** Listens, and answers where. A socket that a dead process left is replaced, a live one never. Throws `ListenError`. */
export async function listen(app: FastifyInstance, address: ListenAddress): Promise<string> {
  if (address.kind === 'tcp') {
    try {
      return await app.listen({ host: address.host, port: address.port })
    } catch (cause) {
      throw new ListenError({ message: `tcp://${address.host}:${address.port}: ${explain(cause)}`, cause })
    }
  }
  await removeStale(address.path)
  // Set before the socket exists: a mode set afterwards leaves a moment in which anybody may connect.
  const before = process.umask(SOCKET_UMASK)
  try {
    await app.listen({ path: address.path })
  } catch (cause) {
    throw new ListenError({ message: `unix://${address.path}: ${explain(cause)}`, cause })
  } finally {
    process.umask(before)
  }
  return `unix://${address.path}`
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket()) {
    throw new ListenError({
      message: `unix://${path}: a file that is no socket is there; remove it, or choose another addr`,
    })
  }
  if (await isAnswered(path)) {
    throw new ListenError({ message: `unix://${path}: another process listens there; stop it, or choose another addr` })
  }
  await unlink(path)
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket
      .once('connect', () => resolve(true))
      .once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'))
    socket.once('connect', () => socket.destroy())
  })
}

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is taken by another process; choose another addr',
  EACCES: 'it may not be opened by this user, or its folder does not exist; choose another addr',
  ENOENT: 'its folder does not exist; make it, or choose another addr',
  EADDRNOTAVAIL: 'this machine does not have the address',
}

const explain = (cause: unknown): string =>
  ADVICE[(cause as NodeJS.ErrnoException).code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
