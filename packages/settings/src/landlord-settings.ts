import { type Static, Type } from 'typebox'
import { access } from './access-settings.ts'
import type { JsonObject } from './json.ts'
import { section } from './settings-section.ts'

const host = (description: string) => Type.String({ minLength: 1, default: '127.0.0.1', description })
const seconds = (value: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 86_400, default: value, description })
const secret = (description: string) => Type.Optional(Type.String({ minLength: 1, writeOnly: true, description }))
const file = (description: string) => Type.String({ minLength: 1, description })
const engineUrl = (description: string) =>
  Type.Optional(Type.String({ pattern: '^(https?://.+|unix:/.+)$', description }))

const server = section(
  {
    host: host('Address to listen on; beyond loopback only with `access.mode: required`.'),
    port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 8080,
      description: 'Port of the HTTP API; 0 is a free one.',
    }),
    max_streams: Type.Integer({
      minimum: 0,
      maximum: 100_000,
      default: 1000,
      description: 'How many streams of events and reads of logs one server carries at once; more are answered 503.',
    }),
    tls: Type.Optional(
      Type.Object(
        {
          cert_file: file("PEM: the server's certificate, with the chain behind it."),
          key_file: file('PEM: its private key.'),
          client_ca_file: Type.Optional(
            file('PEM: authorities of client certificates. With it, nobody connects without such a certificate.'),
          ),
        },
        { additionalProperties: false, description: 'HTTPS. Renewed files are noticed within a minute.' },
      ),
    ),
    trusted_proxies: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description:
        'Addresses or CIDR blocks of the proxies that speak HTTPS in front of this server: their `X-Forwarded-For` is believed.',
    }),
  },
  'The HTTP API.',
)

const database = section(
  {
    url: Type.Optional(
      Type.String({
        minLength: 1,
        writeOnly: true,
        description:
          '`sqlite:<path of a file>`, or `postgres://<user>:<password>@<host>:<port>/<database>?sslmode=<mode>`. Never shown.',
      }),
    ),
    pool_size: Type.Integer({
      minimum: 2,
      maximum: 1000,
      default: 10,
      description: 'Connections of one server to PostgreSQL at most, beside one that listens.',
    }),
    start_timeout_seconds: Type.Integer({
      minimum: 0,
      maximum: 86_400,
      default: 60,
      description: 'How long a server that starts waits for a PostgreSQL that is away; 0: it ends at once.',
    }),
    connect_timeout_seconds: seconds(5, 'How long a server waits for a connection to PostgreSQL.'),
    statement_timeout_seconds: seconds(30, 'How long one statement may take in PostgreSQL; migrations are exempt.'),
    lock_timeout_seconds: seconds(5, 'How long a statement waits in PostgreSQL for what another server is changing.'),
    idle_in_transaction_timeout_seconds: seconds(
      10,
      'After how long PostgreSQL ends a transaction whose server has fallen silent.',
    ),
  },
  'Where tenants are kept.',
)

const workflow = section(
  {
    ingress_url: engineUrl("The workflow engine's ingress: http(s) or `unix:/path/ingress.sock`."),
    admin_url: engineUrl("The workflow engine's admin API: http(s) or `unix:/path/admin.sock`."),
    identity_keys: Type.Array(Type.String({ pattern: '^publickeyv1_[1-9A-HJ-NP-Za-km-z]+$' }), {
      default: [],
      description: 'Public keys of the engines whose requests the worker accepts, `publickeyv1_…`.',
    }),
  },
  'The Restate server or cluster.',
)

const worker = section(
  {
    host: host('Address to listen on for the workflow engine.'),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 0, description: 'Port to listen on; 0 is a free one.' }),
    advertised_url: Type.Optional(
      Type.String({
        pattern: '^https?://.+',
        description: 'Where the workflow engine reaches the worker. Default: its own host and port.',
      }),
    ),
    server_url: Type.Optional(
      Type.String({ pattern: '^https?://.+', description: 'The HTTP API, as the worker reaches it.' }),
    ),
    token: secret("What the worker shows to the server; the server accepts it as a worker's token."),
    accepted_tokens: Type.Array(Type.String({ minLength: 1, writeOnly: true }), {
      default: [],
      description:
        "Further tokens that the server accepts as a worker's: the next or the last one, while `token` changes.",
    }),
    call_timeout_seconds: seconds(600, 'How long one call of a provider may take, e.g. pulling an image.'),
    shutdown_grace_seconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 5,
      description:
        'How long steps under way may go on at shutdown before they are aborted and left for the next start.',
    }),
    calls_per_provider: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 64,
      description: 'How many changes of one provider, and beside them how many looks, run at once in one worker.',
    }),
  },
  'The process that talks to compute providers.',
)

const log = section(
  {
    level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], { default: 'info' }),
    format: Type.Enum(['json', 'pretty'], { default: 'json' }),
  },
  'What the processes write about themselves.',
)

const metrics = section(
  {
    enabled: Type.Boolean({
      default: true,
      description: 'Whether server and worker measure themselves and answer `GET /metrics`, each on its own port.',
    }),
  },
  'Prometheus metrics.',
)

const tracing = section(
  {
    enabled: Type.Boolean({ default: false, description: 'Whether server and worker send traces.' }),
    otlp_endpoint: Type.Optional(
      Type.String({
        pattern: '^https?://.+',
        description:
          'Of the collector, without `/v1/traces`. Default: `OTEL_EXPORTER_OTLP_ENDPOINT`, then `http://localhost:4318`.',
      }),
    ),
    sample_ratio: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'How many of the traces that begin here are kept. Default: `OTEL_TRACES_SAMPLER`, then 1, all.',
      }),
    ),
    service_name: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Default: `OTEL_SERVICE_NAME`, then `landlord-server` and `landlord-worker`.',
      }),
    ),
  },
  'OpenTelemetry traces, over OTLP/HTTP.',
)

const reconcile = section(
  {
    sweep_interval_seconds: seconds(5, 'How often the server looks for work that nobody picked up.'),
    stale_after_seconds: seconds(45, 'Work without progress for so long is triggered again.'),
    orphan_grace_seconds: seconds(
      900,
      'What is younger, or of a tenant that changed since, is not taken for an orphan.',
    ),
    expiry_interval_seconds: seconds(10, 'How often the server looks for tenants that expire.'),
    max_attempts: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 20,
      description:
        'How often in a row a provider may fail in a way that can be repeated; destroying goes on to the deadline.',
    }),
    deadline_seconds: section(
      {
        provision: seconds(1800, 'For provisioning.'),
        update: seconds(1800, 'For an update and for reconciling.'),
        suspend: seconds(1800, 'For suspending.'),
        resume: seconds(1800, 'For resuming.'),
        restart: seconds(1800, 'For a restart.'),
        destroy: seconds(1800, 'For archiving and deleting.'),
      },
      'After how long an operation that has not settled fails.',
    ),
  },
  'How desired state becomes real.',
)

const count = (value: number, maximum: number, description: string) =>
  Type.Integer({ minimum: 1, maximum, default: value, description })

const drift = section(
  {
    enabled: Type.Boolean({ default: true, description: 'Whether ready tenants are looked at in the background.' }),
    interval_seconds: seconds(300, 'How often each tenant is looked at.'),
    max_per_second: count(50, 10_000, 'How many looks may begin in a second, whatever the number of servers.'),
    concurrency: count(16, 1000, 'How many looks one worker has under way at a time, for each provider.'),
    heal_concurrency: count(10, 1000, 'How many tenants are healed at a time.'),
    heal_limit: count(5, 100, 'How often one tenant is healed within the window before it is left alone.'),
    heal_window_seconds: seconds(21_600, 'The window of `heal_limit`.'),
  },
  'Looking at tenants in the background, and healing what has drifted.',
)

const events = section(
  {
    retention_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 36_500,
        description:
          'Events that are older are deleted, those that a webhook still needs not. Without it they are kept for ever.',
      }),
    ),
  },
  'The audit trail.',
)

const webhooks = section(
  {
    allow_http: Type.Boolean({
      default: false,
      description: 'Whether URLs may begin with http://, for development on one machine.',
    }),
    allowed_networks: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Networks that are not public and may be posted to all the same, e.g. `10.1.0.0/16`, `::1/128`.',
    }),
    timeout_seconds: Type.Integer({
      minimum: 1,
      maximum: 60,
      default: 15,
      description: 'How long an endpoint may take to answer.',
    }),
    concurrency: Type.Integer({
      minimum: 1,
      maximum: 64,
      default: 1,
      description: 'Deliveries to one webhook at once; more than one gives up their order.',
    }),
    disable_after_days: Type.Integer({
      minimum: 1,
      maximum: 365,
      default: 5,
      description: 'A webhook that has only failed for so long is disabled.',
    }),
    log_retention_days: Type.Integer({
      minimum: 1,
      maximum: 3650,
      default: 30,
      description: 'Deliveries that ended longer ago are forgotten.',
    }),
  },
  'Where events are posted.',
)

const secrets = section(
  {
    env_prefix: Type.String({
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      default: 'LANDLORD_SECRET_',
      description: "Variables of the worker that start so may be tenants' secrets.",
    }),
    file_roots: Type.Array(Type.String({ pattern: '^/', description: 'An absolute path.' }), {
      default: [],
      description: "Folders of the worker's machine whose files may be tenants' secrets. Default: none.",
    }),
  },
  "What a worker reads for tenants' secrets.",
)

const cli = section(
  {
    api_url: Type.String({
      pattern: '^https?://.+',
      default: 'http://127.0.0.1:8080',
      'x-env': ['LANDLORD_API_URL'],
      description: 'The HTTP API, as the command line reaches it.',
    }),
    token: Type.Optional(
      Type.String({
        minLength: 1,
        writeOnly: true,
        'x-env': ['LANDLORD_TOKEN'],
        description: 'What the command line shows to the server.',
      }),
    ),
  },
  'The `landlord` command line.',
)

// Each block is the provider's own; its provider checks it.
const compute = Type.Unsafe<Record<string, JsonObject>>(
  Type.Record(Type.String(), Type.Object({}, { additionalProperties: true }), {
    default: {},
    description: 'One block per compute provider, by name; the presence of a block enables the provider.',
  }),
)

/** The whole of `landlord.yaml`: one file serves every app, and each reads the sections that it needs. */
export const landlordSettingsSchema = Type.Object(
  {
    server,
    access,
    database,
    workflow,
    worker,
    log,
    metrics,
    tracing,
    compute,
    reconcile,
    drift,
    secrets,
    events,
    webhooks,
    cli,
  },
  { additionalProperties: false, title: 'Landlord settings', 'x-env-others': ['LANDLORD_SECRET_'] },
)

/** Effective settings: complete with defaults. What has no default is absent until somebody sets it. */
export type LandlordSettings = Static<typeof landlordSettingsSchema>
