import { expect, it } from 'vitest'
import { startGuardedServer } from '../test/start-guarded-server.ts'
import { startFailure } from './start-failure.ts'
import { runTokenCommand } from './token-command.ts'

const now = () => new Date('2027-03-01T12:00:00.000Z')

it('makes a token beside a running server, with what was asked for', async () => {
  const test = await startGuardedServer({ now })
  try {
    const flags = ['--name', 'first', '--scope', 'read', '--selector', 'tier=pro', '--expires', '90d']
    const token = await runTokenCommand(['create', ...flags, '--database-url', test.database.url], now)
    expect(token).toMatch(/^ll_[0-9A-Za-z]{49}\n$/)
    expect((await test.as(token.trim()).listTenants()).body.total).toBe(0)
    const { body } = await test.as(await test.makeToken()).getToken({ params: { token: 'first' } })
    expect(body).toMatchObject({
      scope: 'read',
      label_selector: 'tier=pro',
      created_by: 'landlord-server',
      expires_at: '2027-05-30T12:00:00.000Z',
    })
  } finally {
    await test.close()
  }
})

it('says in a line what is wrong', async () => {
  const failure = async (...argv: string[]) =>
    startFailure(await runTokenCommand(argv, now).catch((error) => error)).text
  expect(await failure()).toContain('token create')
  expect(await failure('create', '--name', 'x')).toMatch(/needs database\.url.*--database-url/)
  const database = ['--database-url', 'sqlite:/nowhere/landlord.db']
  expect(await failure('create', ...database)).toMatch(/^--name .*--help$/)
  expect(await failure('create', '--name', 'x', '--scope', 'owner', ...database)).toMatch(/^--scope /)
  expect(await failure('create', '--name', 'x', '--expires', 'soon', ...database)).toMatch(/--expires must be .*"soon"/)
  expect(await failure('create', '--nmae', 'x')).toContain('--nmae')
  expect(await runTokenCommand(['create', '--help'], now)).toContain('--selector')
})
