import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '..')
const published = [
  'compute-core',
  'provider-conformance',
  'provider-mock',
  'provider-docker',
  'provider-ecs',
  'aws-config',
  'ecs-emulator',
]

const DAY_MS = 24 * 3600 * 1000

let project: string

/** Like `execFile`, with what the program wrote in the error. */
async function run(command: string, args: readonly string[], options: { cwd: string }): Promise<{ stdout: string }> {
  try {
    return await execute(command, args, options)
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error })
  }
}

// What an outside author sees: only the tarballs, npm and a compiler.
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'landlord-consumer-'))
  await run('pnpm', ['exec', 'turbo', 'run', 'build', ...published.map((name) => `--filter=@landlord/${name}`)], {
    cwd: root,
  })
  for (const name of published) {
    await run('pnpm', ['pack', '--pack-destination', project], { cwd: join(root, 'packages', name) })
  }
  await cp(join(import.meta.dirname, 'packed-consumer'), project, { recursive: true })
  const tarballs = (await readdir(project)).filter((file) => file.endsWith('.tgz'))
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  await run(
    'npm',
    [
      'install',
      // What was published within the last day may be there in part.
      `--before=${new Date(Date.now() - DAY_MS).toISOString()}`,
      '--no-audit',
      '--no-fund',
      ...tarballs.map((file) => `./${file}`),
      'typescript@7',
      '@types/node@24',
      'expect@30',
      '@aws-sdk/client-ecs',
    ],
    {
      cwd: project,
    },
  )
})

afterAll(() => rm(project, { recursive: true, force: true }))

it('compiles and runs a program on the packed packages', async () => {
  await run('npx', ['tsc', '--project', '.'], { cwd: project })
  const { stdout } = await run(process.execPath, ['dist/program.js'], { cwd: project })
  expect(JSON.parse(stdout)).toEqual({
    providers: ['docker', 'lantern', 'mock'],
    refused: ['/imagee'],
    status: 'running',
    afterDestroy: 'tenant_not_found',
  })
})

it('runs the conformance suite for a provider from outside the repository', async () => {
  await run('npx', ['tsc', '--project', '.'], { cwd: project })
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'dist/lantern.conformance.js'], {
    cwd: project,
  })
  expect(stdout).toMatch(/^# fail 0$/m)
  expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(20)
})

it('packs no tests and no fixtures', async () => {
  for (const name of published) {
    const files = await readdir(join(project, 'node_modules', '@landlord', name), { recursive: true })
    expect(files).toContain('README.md')
    expect(files).toContain('LICENSE')
    expect(files.filter((file) => /\.test(-d)?\.ts$|__fixtures__/.test(file))).toEqual([])
  }
})

it('runs a tenant on ECS from the packed provider, emulator and credentials', async () => {
  const { stdout } = await run(process.execPath, ['dist/ecs-program.js'], { cwd: project })
  expect(JSON.parse(stdout)).toEqual({ state: 'running', settled: true, first: 'in_progress', last: 'destroyed' })
})
