import { expect, it } from 'vitest'
import { runBackupCommand } from './backup-command.ts'

const backup = (...argv: string[]) => runBackupCommand(['--database-url', 'sqlite:/nonexistent/landlord.db', ...argv])

it('says what it needs, and never shows a password', async () => {
  await expect(backup()).rejects.toThrow(/--to <file>/)
  await expect(backup('--to', '/nonexistent/backup.db')).rejects.toThrow(/no backup was made of .*landlord\.db/)
  const postgres = backup('--database-url', 'postgres://landlord:hunter2@db/landlord', '--to', 'x.db')
  await expect(postgres).rejects.toThrow(/^(?![\s\S]*hunter2).*pg_dump/)
  await expect(backup('--too', 'x.db')).rejects.toThrow(/--too/)
  await expect(backup('--help')).resolves.toContain('--to <file>')
})
