import type { ApiToken, CreateTokenRequest, Scope } from '@landlord/api-contract'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { confirm } from '../confirm.ts'
import { parseDuration } from '../input/parse-duration.ts'
import { parseCount } from '../input/tenant-arguments.ts'
import { printResult, type Result } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'

type Expiry = Pick<CreateTokenRequest, 'expires_at' | 'ttl_seconds'>

interface CreateOptions {
  readonly name: string
  readonly scope: Scope
  readonly selector?: string
  readonly expires?: Expiry
}

interface ListOptions {
  readonly limit?: number
  readonly includeRevoked?: boolean
}

/** As in the contract, which is not loaded to build the command line; a test compares them. */
const SCOPES: readonly Scope[] = ['read', 'operate', 'admin']

export function addTokenCommand(program: Command, context: CliContext): void {
  const token = program.command('token').summary('API tokens').description('Make, list and revoke API tokens.')
  token
    .command('create')
    .summary('make one; it is shown once')
    .description('Make an API token. It is shown this once: the server keeps a hash of it.')
    .requiredOption('--name <name>', 'for people and the audit trail')
    .addOption(
      new Option('--scope <scope>', 'read looks, operate also changes tenants, admin also manages tokens')
        .choices(SCOPES)
        .makeOptionMandatory(),
    )
    .option('-l, --selector <selector>', "only tenants with these labels, e.g. 'tier=pro'; default all")
    .option('--expires <when>', 'e.g. 90d or 2030-01-31T18:00Z; default never', parseExpiry)
    .action(async (options: CreateOptions, self: Command) => {
      const session = await openSession(context, self)
      await printResult(await create(session, options), session.output, session.terminal)
      session.terminal.note('Keep it now: it is not shown again. Use it as LANDLORD_TOKEN.')
    })
  token
    .command('list')
    .alias('ls')
    .summary('what is kept of them')
    .description('List API tokens, newest first. The tokens themselves are kept nowhere.')
    .option('--limit <count>', 'at most so many (default 50)', parseCount)
    .option('--include-revoked', 'revoked ones too')
    .action(async (options: ListOptions, self: Command) => {
      const session = await openSession(context, self)
      await printResult(await list(session, options), session.output, session.terminal)
    })
  token
    .command('revoke')
    .summary('from now on nobody gets in with it')
    .description('Revoke an API token: from now on nobody gets in with it. Streams that it began end within seconds.')
    .argument('<token>', 'name or id')
    .option('-y, --yes', 'do not ask; without a terminal nothing is asked anyway')
    .action(async (reference: string, options: { readonly yes?: boolean }, self: Command) => {
      const session = await openSession(context, self)
      if (options.yes !== true) await confirm(session.terminal, `Revoke the token ${reference}?`)
      await printResult(await revoke(session, reference), session.output, session.terminal)
    })
}

async function create({ client, context, terminal }: Session, options: CreateOptions): Promise<Result> {
  const { name, scope, selector, expires } = options
  const { body } = await client.createToken({
    body: { name, scope, ...(selector === undefined ? {} : { label_selector: selector }), ...expires },
  })
  const { renderTokenDetails } = await import('../render/token-table.ts')
  return {
    data: body,
    names: [body.name],
    text: () => renderTokenDetails(body, { now: context.now(), colors: terminal.colors }),
  }
}

async function list({ client, context, terminal }: Session, { limit, includeRevoked }: ListOptions): Promise<Result> {
  const { body } = await client.listTokens({
    query: {
      ...(limit === undefined ? {} : { limit }),
      ...(includeRevoked === true ? { include_revoked: true } : {}),
    },
  })
  const { renderTokenTable } = await import('../render/token-table.ts')
  return {
    data: body,
    names: body.tokens.map((token) => token.name),
    text: () =>
      body.tokens.length === 0
        ? 'No tokens. Make one with: landlord token create --name ci --scope operate'
        : renderTokenTable(body.tokens, { now: context.now(), colors: terminal.colors }),
  }
}

async function revoke({ client }: Session, reference: string): Promise<Result> {
  const { body } = await client.revokeToken({ params: { token: reference } })
  return { data: body, names: [body.name], text: () => `Revoked ${describe(body)}` }
}

function describe({ name, scope, label_selector: selector }: ApiToken): string {
  return `${name} (${scope}${selector === undefined ? '' : `, ${selector}`})`
}

function parseExpiry(text: string): Expiry {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return { ttl_seconds: Math.round(parseDuration(text) / 1000) }
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('expected a duration such as 90d, or a date')
  return { expires_at: at.toISOString() }
}
