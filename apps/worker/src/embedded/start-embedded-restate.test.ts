import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { silentLogger } from '@landlord/compute-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startChild } from '../../test/start-child.ts'
import { temporaryFolder } from '../../test/test-system.ts'
import { connectEngine } from '../engine/engine-connection.ts'
import { type EmbeddedRestate, startEmbeddedRestate } from './start-embedded-restate.ts'

const SOON = { timeout: 15_000, interval: 20 }
let folder: string
let engine: EmbeddedRestate | undefined

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await engine?.close()
  engine = undefined
  rmSync(folder, { recursive: true, force: true })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A process that nobody has waited for yet has ended all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Starts, says nothing, and leaves its pid in the folder. */
function binaryThatHangs(): string {
  const binary = join(folder, 'hangs')
  writeFileSync(
    binary,
    `#!/bin/sh\necho $$ > '${folder}/hangs.new'\nmv '${folder}/hangs.new' '${folder}/hangs.pid'\nexec sleep 600\n`,
    { mode: 0o755 },
  )
  return binary
}

async function answers(url: string): Promise<boolean> {
  const connection = connectEngine(url)
  try {
    return (await connection.fetch('/health')).ok
  } finally {
    await connection.close()
  }
}

describe('startEmbeddedRestate', () => {
  it('listens on sockets that only this user can reach, and stops in order', async () => {
    mkdirSync(join(folder, 'data', 'landlord'), { recursive: true, mode: 0o755 })
    engine = await startEmbeddedRestate({ baseDir: join(folder, 'data'), logger: silentLogger })
    expect(engine.adminUrl).toMatch(/^unix:/)
    expect(engine.identityKey).toMatch(/^publickeyv1_/)
    expect(statSync(join(folder, 'data', 'landlord')).mode & 0o077).toBe(0)
    expect(statSync(join(folder, 'data', 'request-identity.pem')).mode & 0o077).toBe(0)
    const pid = engine.pid ?? Number.NaN
    await expect(answers(engine.adminUrl)).resolves.toBe(true)
    await engine.close()
    await expect(engine.exited).resolves.toBeUndefined()
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(join(folder, 'data', 'restate.log'))).toBe(true)
  })

  it('keeps its temporary files in the folder, and clears what a violent death has left', async () => {
    mkdirSync(join(folder, 'tmp', 'invoker-of-a-life-before'), { recursive: true })
    engine = await startEmbeddedRestate({ baseDir: folder, logger: silentLogger })
    const temporary = () => readdirSync(join(folder, 'tmp'))
    await vi.waitFor(() => expect(temporary().length).toBeGreaterThan(0), SOON)
    expect(temporary()).not.toContain('invoker-of-a-life-before')
  })

  it('keeps its key in a folder that it has used before', async () => {
    const first = await startEmbeddedRestate({ baseDir: folder, logger: silentLogger })
    await first.close()
    engine = await startEmbeddedRestate({ baseDir: folder, logger: silentLogger })
    expect(engine.identityKey).toBe(first.identityKey)
  })

  it('takes loopback ports where the folder is too deep for sockets', async () => {
    const baseDir = join(folder, 'a'.repeat(100))
    engine = await startEmbeddedRestate({ baseDir, logger: silentLogger })
    expect(engine.adminUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await expect(answers(engine.adminUrl)).resolves.toBe(true)
    await expect(answers(engine.ingressUrl.replace(/$/, '/restate'))).resolves.toBe(true)
  })

  it('refuses a folder that another process works in, and names that process', async () => {
    const child = await startChild({ role: 'engine', baseDir: folder })
    const second = startEmbeddedRestate({ baseDir: folder, logger: silentLogger })
    await expect(second).rejects.toThrow(`in use by process ${child.process.pid}`)
    await expect(second).rejects.toMatchObject({ code: 'folder_in_use', pid: child.process.pid })
    await child.kill('SIGTERM')
    engine = await startEmbeddedRestate({ baseDir: folder, logger: silentLogger })
  })

  it.each(['setpriv', 'watch'] as const)('leaves nothing behind when its process is killed (%s)', async (tie) => {
    const child = await startChild({ role: 'engine', baseDir: folder, tie })
    const pid = Number(child.up.pid)
    expect(isAlive(pid)).toBe(true)
    await child.kill('SIGKILL')
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), SOON)
    engine = await startEmbeddedRestate({ baseDir: folder, logger: silentLogger, tie })
    process.kill(engine.pid ?? Number.NaN, 'SIGKILL')
    await vi.waitFor(() => expect(engine?.pid).toBeUndefined(), SOON)
    await vi.waitFor(() => expect(engine?.pid).toBeDefined(), SOON)
  })

  it('gives up an engine that always dies at once, and tells what it wrote last', async () => {
    const binary = join(folder, 'dies')
    const line = JSON.stringify({ level: 'ERROR', fields: { message: 'no space left on device' } })
    writeFileSync(binary, `#!/bin/sh\necho '${line}' >&2\nexit 7\n`, { mode: 0o755 })
    const events: string[] = []
    const error = vi.fn()
    const start = startEmbeddedRestate({
      baseDir: join(folder, 'data'),
      logger: { ...silentLogger, error },
      binary,
      onEvent: (event) => events.push(event.kind),
    })
    await expect(start).rejects.toThrow(/with code 7[\s\S]*no space left on device/)
    expect(events).toEqual(['exited', 'exited', 'exited', 'exited', 'exited', 'given_up'])
    expect(error).toHaveBeenCalledWith(expect.anything(), 'no space left on device')
    // The folder is free again.
    engine = await startEmbeddedRestate({ baseDir: join(folder, 'data'), logger: silentLogger })
  })

  it('gives up an engine that never becomes ready', async () => {
    const began = Date.now()
    // The clock runs so fast that the minute an engine has to become ready passes at once.
    const clock = vi
      .spyOn(Date, 'now')
      .mockImplementation(() => began + (performance.timeOrigin + performance.now() - began) * 200)
    try {
      const start = startEmbeddedRestate({ baseDir: folder, logger: silentLogger, binary: binaryThatHangs() })
      await expect(start).rejects.toThrow('6 times before it was ready')
    } finally {
      clock.mockRestore()
    }
  }, 30_000)

  it('stops starting when it is told to', async () => {
    const controller = new AbortController()
    const start = startEmbeddedRestate({
      baseDir: folder,
      logger: silentLogger,
      binary: binaryThatHangs(),
      signal: controller.signal,
    })
    await vi.waitFor(() => expect(readdirSync(folder)).toContain('hangs.pid'), SOON)
    const pid = Number(readFileSync(join(folder, 'hangs.pid'), 'utf8'))
    controller.abort(new Error('told to'))
    await expect(start).rejects.toThrow('told to')
    expect(isAlive(pid)).toBe(false)
    engine = await startEmbeddedRestate({ baseDir: folder, logger: silentLogger })
  })

  it('shows nothing of this process to the engine', async () => {
    process.env.RESTATE_ADMIN__BIND_PORT = '1'
    process.env.HTTP_PROXY = 'http://127.0.0.1:1'
    try {
      engine = await startEmbeddedRestate({ baseDir: folder, logger: silentLogger })
      const environment = readFileSync(`/proc/${engine.pid}/environ`, 'utf8')
      expect(environment).not.toMatch(/PROXY|RESTATE_ADMIN__BIND_PORT/)
    } finally {
      delete process.env.RESTATE_ADMIN__BIND_PORT
      delete process.env.HTTP_PROXY
    }
  })
})
