import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { runLandlord, spawnLandlord } from '../__fixtures__/run-landlord.ts'
import { isAlive, makeDataDirectory, startDev } from '../__fixtures__/start-dev.ts'

const modeOf = (...path: string[]) => (statSync(join(...path)).mode & 0o777).toString(8)

describe('landlord dev', () => {
  it('takes a tenant through its life, stops in order, and knows it again', async () => {
    const data = makeDataDirectory()
    const dev = await startDev(data)
    const on = (...argv: string[]) => runLandlord([...argv, '--api-url', dev.url])
    expect(dev.output().match(/Landlord is ready at/g)).toHaveLength(1)
    expect(dev.output()).toContain(`landlord create acme --provider mock --wait --api-url ${dev.url}`)

    const created = await on('create', 'acme', '--label', 'tier=pro', '--wait', '-o', 'json')
    expect(created.exitCode).toBe(0)
    expect(JSON.parse(created.stdout)).toMatchObject({ name: 'acme', status: 'ready', compute_provider: 'mock' })
    const changed = await on('set', 'acme', '--set', 'env.GREETING=hello', '--wait')
    expect(changed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('acme is ready') })
    expect((await on('set', 'acme', '--set', 'env.GREETING=hello')).stdout).toContain('nothing changed')
    expect((await on('get', 'acme')).stdout).toMatch(/GREETING: hello/)
    expect((await on('status', 'acme')).stdout).toMatch(/^State +running/)
    expect((await on('operations', 'acme', '-o', 'json')).stdout).toContain('"kind": "update"')
    expect((await on('events', 'acme')).stdout).toMatch(/tenant\.created[\s\S]*tenant\.ready/)
    expect((await on('list', '-l', 'tier=pro', '-o', 'name')).stdout).toBe('acme\n')
    expect((await on('compute', 'schema', 'mock')).stdout).toContain('"properties"')
    expect((await on('version')).stdout).toMatch(/worker ok/)

    expect(await dev.stop('SIGTERM')).toBe(0)
    expect(isAlive(dev.enginePid)).toBe(false)
    expect([modeOf(data), modeOf(data, 'worker-token')]).toEqual(['700', '600'])
    expect([modeOf(data, 'landlord.db'), modeOf(data, 'landlord.log')]).toEqual(['600', '600'])

    const again = await startDev(data)
    expect((await runLandlord(['list', '-o', 'name', '--api-url', again.url])).stdout).toBe('acme\n')
    const deleted = await runLandlord(['delete', 'acme', '--wait', '--api-url', again.url])
    expect(deleted).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('acme is gone') })
    expect(await again.stop()).toBe(0)
  })

  it('refuses a data directory or a port that is in use, and runs beside another', async () => {
    const data = makeDataDirectory()
    const other = makeDataDirectory()
    const dev = await startDev(data)
    const argv = ['dev', '--no-docker', '--port']
    const sameFolder = await runLandlord([...argv, '0', '--data-dir', data])
    expect(sameFolder.exitCode).toBe(4)
    expect(sameFolder.stderr).toContain(`is in use by process ${dev.child.pid}`)
    const elsewhere = await runLandlord(['doctor', '--data-dir', data, '--api-url', 'http://127.0.0.1:1'])
    expect(elsewhere.exitCode).toBe(6)
    expect(elsewhere.stdout).toContain(`landlord dev (process ${dev.child.pid}) works in ${data}`)
    const well = await runLandlord(['doctor', '--api-url', dev.url])
    expect(well.stdout).toMatch(/ok +provider mock/)
    expect(well).toMatchObject({ exitCode: 0, stderr: '' })
    const samePort = await runLandlord([...argv, new URL(dev.url).port, '--data-dir', other])
    expect(samePort.exitCode).toBe(4)
    expect(samePort.stderr).toContain('is taken by another Landlord server')
    const beside = await startDev(other)
    expect(await beside.stop()).toBe(0)
    expect((await runLandlord(['list', '--api-url', dev.url])).exitCode).toBe(0)
    expect(await dev.stop()).toBe(0)
  })

  it('survives the death of its engine, and leaves none behind when it is killed itself', async () => {
    const data = makeDataDirectory()
    const dev = await startDev(data)
    process.kill(dev.enginePid, 'SIGKILL')
    await vi.waitFor(() => expect(dev.output()).toContain('The workflow engine is back'), 15_000)
    const created = await runLandlord(['create', 'acme', '--wait', '--api-url', dev.url])
    expect(created.exitCode).toBe(0)

    const secondEngine = Number(/is back \(pid (\d+)\)/.exec(dev.output())?.[1])
    expect(await dev.stop('SIGKILL')).toBe('SIGKILL')
    await vi.waitFor(() => expect(isAlive(secondEngine)).toBe(false), 5000)

    const again = await startDev(data)
    expect((await runLandlord(['get', 'acme', '-o', 'name', '--api-url', again.url])).stdout).toBe('acme\n')
    expect(await again.stop()).toBe(0)
  })

  it('stops at the first Ctrl-C while its engine is being started, and leaves nothing behind', async () => {
    const data = makeDataDirectory()
    const child = spawnLandlord(['dev', '--port', '0', '--no-docker', '--data-dir', data])
    onTestFinished(() => void child.kill('SIGKILL'))
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
    const closed = new Promise((resolve) => child.on('close', resolve))
    await vi.waitFor(() => expect(existsSync(join(data, 'restate'))).toBe(true), { timeout: 15_000, interval: 10 })
    child.kill('SIGINT')
    expect(await closed).toBe(130)
    expect(output).toContain('stopped before it was ready')
    expect(output).not.toContain('is ready at')

    const again = await startDev(data)
    expect(await again.stop()).toBe(0)
  })
})
