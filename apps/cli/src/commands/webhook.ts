import type { CreateWebhookRequest, PatchWebhookRequest, Webhook, WebhookWithSecret } from '@landlord/api-contract'
import type { Command } from 'commander'
import type { CliContext } from '../cli-context.ts'
import { usageError } from '../cli-error.ts'
import { confirm } from '../confirm.ts'
import { parseDuration } from '../input/parse-duration.ts'
import { collect } from '../input/parse-pairs.ts'
import { parseCount } from '../input/tenant-arguments.ts'
import { printResult, type Result } from '../render/print-result.ts'
import { openSession, type Session } from '../session.ts'

interface FilterOptions {
  readonly type?: readonly string[]
  readonly selector?: string
  readonly description?: string
}

interface UpdateOptions extends FilterOptions {
  readonly url?: string
  readonly enable?: boolean
  readonly disable?: boolean
}

const TYPE = 'of this type of event, or tenant.*; may be repeated (default all)'
const SELECTOR = 'of tenants with these labels, e.g. tier=pro'

/** `landlord webhook …`: where events are posted, and what became of it. */
export function addWebhookCommand(program: Command, context: CliContext): void {
  const webhook = program
    .command('webhook')
    .summary('events posted to your endpoints')
    .description('Post events to endpoints of yours, and see what became of it.')
  addCreate(webhook, context)
  addRead(webhook, context)
  addUpdate(webhook, context)
  addDelete(webhook, context)
  addRotate(webhook, context)
  addDeliveries(webhook, context)
}

function addCreate(webhook: Command, context: CliContext): void {
  webhook
    .command('create')
    .description('Make a webhook. Its secret is shown this once.')
    .argument('<url>', 'where events are posted')
    .option('--type <type>', TYPE, collect)
    .option('-l, --selector <selector>', SELECTOR)
    .option('--description <text>', 'for people')
    .action(async (url: string, options: FilterOptions, self: Command) => {
      const session = await openSession(context, self)
      const body: CreateWebhookRequest = { url, ...filters(options) }
      await printSecret(session, (await session.client.createWebhook({ body })).body)
    })
}

function addRead(webhook: Command, context: CliContext): void {
  webhook
    .command('list')
    .alias('ls')
    .description('List webhooks.')
    .action(async (_options: unknown, self: Command) => {
      const session = await openSession(context, self)
      const { body } = await session.client.listWebhooks()
      const { renderWebhookTable } = await import('../render/webhook-table.ts')
      await print(session, {
        data: body,
        names: body.webhooks.map(({ id }) => id),
        text: () => renderWebhookTable(body.webhooks, session.terminal.colors),
      })
    })
  webhook
    .command('get')
    .description('Show a webhook.')
    .argument('<webhook>', 'its id')
    .action(async (id: string, _options: unknown, self: Command) => {
      const session = await openSession(context, self)
      await printWebhook(session, (await session.client.getWebhook({ params: { id } })).body)
    })
}

function addUpdate(webhook: Command, context: CliContext): void {
  webhook
    .command('update')
    .description('Change a webhook. What you do not name stays.')
    .argument('<webhook>', 'its id')
    .option('--url <url>', 'where events are posted')
    .option('--type <type>', TYPE, collect)
    .option('-l, --selector <selector>', `${SELECTOR}; '' for all`)
    .option('--description <text>', "for people; '' removes it")
    .option('--enable', 'begin again with what comes from now on')
    .option('--disable', 'deliver nothing until it is enabled')
    .action(async (id: string, options: UpdateOptions, self: Command) => {
      if (options.enable === true && options.disable === true) throw usageError('either --enable or --disable')
      const { url, enable, disable } = options
      const { label_selector: selector, description, ...rest } = filters(options)
      const body: PatchWebhookRequest = {
        ...rest,
        ...(url === undefined ? {} : { url }),
        ...(selector === undefined ? {} : { label_selector: selector === '' ? null : selector }),
        ...(description === undefined ? {} : { description: description === '' ? null : description }),
        ...(enable === true ? { enabled: true } : {}),
        ...(disable === true ? { enabled: false } : {}),
      }
      if (Object.keys(body).length === 0) throw usageError('nothing to change; see: landlord webhook update --help')
      const session = await openSession(context, self)
      await printWebhook(session, (await session.client.patchWebhook({ params: { id }, body })).body)
    })
}

function addDelete(webhook: Command, context: CliContext): void {
  webhook
    .command('delete')
    .alias('rm')
    .description('Delete a webhook with its deliveries.')
    .argument('<webhook>', 'its id')
    .option('-y, --yes', 'do not ask; without a terminal nothing is asked anyway')
    .action(async (id: string, options: { readonly yes?: boolean }, self: Command) => {
      const session = await openSession(context, self)
      const params = { id }
      if (options.yes !== true) {
        const { body } = await session.client.getWebhook({ params })
        await confirm(
          session.terminal,
          `Delete the webhook to ${body.url}, and its ${body.pending} pending deliveries?`,
        )
      }
      const { body } = await session.client.deleteWebhook({ params })
      await print(session, { data: body, names: [id], text: () => `webhook to ${body.url} deleted` })
    })
}

function addRotate(webhook: Command, context: CliContext): void {
  webhook
    .command('rotate-secret')
    .description('Give a webhook a new secret. For a while both sign, so that the receiver can change over.')
    .argument('<webhook>', 'its id')
    .option('--keep <duration>', 'how long the old one signs too (default 1d)', parseDuration)
    .action(async (id: string, { keep }: { readonly keep?: number }, self: Command) => {
      const session = await openSession(context, self)
      const body = keep === undefined ? {} : { keep_previous_seconds: Math.round(keep / 1000) }
      await printSecret(session, (await session.client.rotateWebhookSecret({ params: { id }, body })).body)
    })
}

function addDeliveries(webhook: Command, context: CliContext): void {
  webhook
    .command('test')
    .description('Send a test event, and wait for what becomes of it.')
    .argument('<webhook>', 'its id')
    .action(async (id: string, _options: unknown, self: Command) => {
      const session = await openSession(context, self)
      const { body } = await session.client.testWebhook({ params: { id } })
      await printOutcome(session, { id, delivery: body.id, attempts: 0 })
    })
  webhook
    .command('deliveries')
    .description('List what was delivered, or not, newest first; or show one with its attempts.')
    .argument('<webhook>', 'its id')
    .argument('[delivery]', "a delivery's id")
    .option('--state <state>', 'pending, succeeded or failed')
    .option('--limit <count>', 'at most so many (default 50)', parseCount)
    .action(async (id: string, delivery: string | undefined, options: DeliveriesOptions, self: Command) => {
      const session = await openSession(context, self)
      if (delivery !== undefined) return printDelivery(session, { id, delivery })
      const { body } = await session.client.listDeliveries({ params: { id }, query: options })
      const { renderDeliveryTable } = await import('../render/webhook-table.ts')
      await print(session, {
        data: body,
        names: body.deliveries.map((one) => one.id),
        text: () => renderDeliveryTable(body.deliveries, session.terminal.colors),
      })
    })
  webhook
    .command('redeliver')
    .description('Deliver once more, under the same id, and wait for what becomes of it.')
    .argument('<webhook>', 'its id')
    .argument('<delivery>', "the delivery's id")
    .action(async (id: string, delivery: string, _options: unknown, self: Command) => {
      const session = await openSession(context, self)
      const { body } = await session.client.redeliver({ params: { id, delivery } })
      await printOutcome(session, { id, delivery, attempts: body.attempt_count })
    })
}

interface DeliveriesOptions {
  readonly state?: 'pending' | 'succeeded' | 'failed'
  readonly limit?: number
}

function filters({ type, selector, description }: FilterOptions) {
  return {
    ...(type === undefined ? {} : { types: [...type] }),
    ...(selector === undefined ? {} : { label_selector: selector }),
    ...(description === undefined ? {} : { description }),
  }
}

function print({ output, terminal }: Session, result: Result): Promise<void> {
  return printResult(result, output, terminal)
}

async function printWebhook(session: Session, webhook: Webhook): Promise<void> {
  const { renderWebhook } = await import('../render/webhook-table.ts')
  await print(session, {
    data: webhook,
    names: [webhook.id],
    text: () => renderWebhook(webhook, session.terminal.colors),
  })
}

async function printSecret(session: Session, webhook: WebhookWithSecret): Promise<void> {
  await printWebhook(session, webhook)
  if (session.output !== 'table') return
  session.terminal.print(`\nSecret  ${webhook.secret}`)
  session.terminal.note(
    'This is the only time that the secret is shown. Try it with: landlord webhook test '.concat(webhook.id),
  )
}

async function printDelivery(
  session: Session,
  params: { readonly id: string; readonly delivery: string },
): Promise<void> {
  const { body } = await session.client.getDelivery({ params })
  const { renderDelivery } = await import('../render/webhook-table.ts')
  await print(session, { data: body, names: [body.id], text: () => renderDelivery(body, session.terminal.colors) })
}

async function printOutcome(
  session: Session,
  { attempts, ...params }: { readonly id: string; readonly delivery: string; readonly attempts: number },
): Promise<void> {
  const { awaitAttempt } = await import('../wait/await-attempt.ts')
  await awaitAttempt(session, params, attempts)
  await printDelivery(session, params)
}
