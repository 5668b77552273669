import { createHash } from 'node:crypto'
import { realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Another process works in the folder. */
export class FolderInUseError extends Error {
  readonly code = 'folder_in_use'
  readonly folder: string
  /** Absent when the holder did not say. */
  readonly pid?: number

  constructor({ folder, pid }: { folder: string; pid: number | undefined }) {
    const holder = pid === undefined ? 'another process' : `process ${pid}`
    super(`${folder} is in use by ${holder}; stop it, or choose another folder`)
    this.name = 'FolderInUseError'
    this.folder = folder
    if (pid !== undefined) this.pid = pid
  }
}

export interface FolderLock {
  release(): Promise<void>
}

const ANSWER_MS = 2000

/**
 * Takes a folder for this process. The lock is a listening unix socket that answers with its owner's pid: it is gone with its
 * owner, however that ended, and survives the wiping of the folder. `folder` must exist. Rejects with `FolderInUseError`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = lockPathOf(folder)
  const server = (await listen(path)) ?? (await takeOver(path, folder))
  return {
    release: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** The process that holds `folder`; undefined where none does, or none that says who it is. */
export async function findFolderOwner(folder: string): Promise<number | undefined> {
  return (await askOwner(lockPathOf(folder))).pid
}

function lockPathOf(folder: string): string {
  const digest = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 16)
  return join(tmpdir(), `landlord-${process.getuid?.() ?? 0}-${digest}.lock`)
}

async function takeOver(path: string, folder: string): Promise<Server> {
  const owner = await askOwner(path)
  if (owner.isAlive) throw new FolderInUseError({ folder, pid: owner.pid })
  rmSync(path, { force: true })
  const server = await listen(path)
  if (server !== undefined) return server
  // Somebody else was faster.
  throw new FolderInUseError({ folder, pid: (await askOwner(path)).pid })
}

function listen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(String(process.pid))
  })
  server.unref()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen(path, () => resolve(server))
  })
}

function askOwner(path: string): Promise<{ isAlive: boolean; pid: number | undefined }> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(path)
    socket.setTimeout(ANSWER_MS, () => socket.destroy())
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    // Refused or gone: nobody listens. Every other error is somebody's.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ isAlive: error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT', pid: undefined }),
    )
    socket.on('close', () => resolve({ isAlive: true, pid: /^\d+$/.test(text) ? Number(text) : undefined }))
  })
}
