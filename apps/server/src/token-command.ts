import { parseArgs } from 'node:util'
import { CreateTokenRequest } from '@landlord/api-contract'
import { Value } from 'typebox/value'
import { createToken } from './access/manage-tokens.ts'
import { readDatabaseSettings } from './read-database-settings.ts'
import { ServerSettingsError } from './server-settings-error.ts'
import { toDatabaseLimits } from './store/database-limits.ts'
import { openStore } from './store/open-store.ts'
import type { Actor } from './tenants/actor.ts'

const TOKEN_HELP = `landlord-server token create: makes an API token directly in the database, for the first admin.

  --name <name>           for people and the audit trail
  --scope <scope>         read, operate or admin (default admin)
  --selector <selector>   limits it to the tenants whose labels fit, e.g. tier=pro
  --expires <when>        e.g. 90d or 2027-01-31T00:00:00Z (default never)
  --config, --database-url   as for landlord-server

Prints the token, once, and nothing else. It works while servers run.
`

const ON_THE_MACHINE: Actor = { principal: 'landlord-server', scope: 'admin', selector: [] }
const DAY_SECONDS = 86_400

/** `landlord-server token create …`: whoever may write the database is an admin already. Resolves with what to print. */
export async function runTokenCommand(argv: readonly string[], now: () => Date): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      scope: { type: 'string' },
      selector: { type: 'string' },
      expires: { type: 'string' },
      config: { type: 'string' },
      'database-url': { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return TOKEN_HELP
  if (positionals.join(' ') !== 'create')
    throw wrong(['token'], 'the one thing to do with tokens here is "token create"')
  const request = readRequest(values)
  const database = readDatabaseSettings('making a token', { configFile: values.config, url: values['database-url'] })
  const store = await openStore(database.url, toDatabaseLimits(database))
  try {
    const { token } = await store.transaction((tx) => createToken(tx, { now }, request, ON_THE_MACHINE))
    return `${token}\n`
  } finally {
    await store.close()
  }
}

interface TokenFlags {
  readonly name?: string | undefined
  readonly scope?: string | undefined
  readonly selector?: string | undefined
  readonly expires?: string | undefined
}

function readRequest({ name, scope = 'admin', selector, expires }: TokenFlags): CreateTokenRequest {
  const request: unknown = {
    name,
    scope,
    ...(selector === undefined ? {} : { label_selector: selector }),
    ...(expires === undefined ? {} : readExpiry(expires)),
  }
  if (Value.Check(CreateTokenRequest, request)) return request
  const issues = [...Value.Errors(CreateTokenRequest, request)].map(({ instancePath, message }) => {
    const flag = instancePath.slice(1).replace('label_selector', 'selector')
    return `--${flag === '' ? 'name' : flag} ${message}`
  })
  throw wrong(['token'], `${[...new Set(issues)].join('; ')}; see landlord-server token create --help`)
}

function readExpiry(text: string): Pick<CreateTokenRequest, 'expires_at' | 'ttl_seconds'> {
  const days = /^([1-9]\d{0,4})d$/.exec(text)?.[1]
  if (days !== undefined) return { ttl_seconds: Number(days) * DAY_SECONDS }
  const at = new Date(text)
  if (!Number.isNaN(at.getTime())) return { expires_at: at.toISOString() }
  throw wrong(['token'], `--expires must be a number of days such as 90d, or a date, got ${JSON.stringify(text)}`)
}

function wrong(keys: readonly string[], message: string): ServerSettingsError {
  return new ServerSettingsError({ keys, message })
}
