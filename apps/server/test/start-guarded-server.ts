import { createClient, type LandlordClient } from '@landlord/api-contract'
import { runTokenCommand } from '../src/token-command.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './start-test-server.ts'

/** A server that asks for a token. */
export interface GuardedServer extends TestServer {
  /** Makes a token on the server's machine, e.g. `('--scope', 'read')`; each has a name of its own unless one is given. */
  makeToken(...flags: string[]): Promise<string>
  as(token: string): LandlordClient
}

export async function startGuardedServer(options: TestServerOptions = {}): Promise<GuardedServer> {
  const test = await startTestServer({ ...options, settings: { 'access.mode': 'required', ...options.settings } })
  const now = options.now ?? (() => new Date())
  let count = 0
  return {
    ...test,
    as: (token) => createClient({ baseUrl: test.url, token }),
    async makeToken(...flags) {
      count += 1
      const name = flags.includes('--name') ? [] : ['--name', `test-${count}`]
      const argv = ['create', ...name, ...flags, '--database-url', test.database.url]
      return (await runTokenCommand(argv, now)).trim()
    },
  }
}
