import { Type } from 'typebox'

/** Settings as an app of the workspace declares them. */
export const appSchema = Type.Object({
  database: Type.Object({
    url: Type.String({
      writeOnly: true,
      format: 'uri',
      default: 'sqlite:landlord.db',
      description: 'Where the store is.',
    }),
    pool: Type.Object({
      max: Type.Integer({ default: 10, minimum: 1 }),
      idle_seconds: Type.Number({ default: 30 }),
    }),
  }),
  http: Type.Object({
    port: Type.Integer({ default: 8080, maximum: 65_535 }),
    allowed_origins: Type.Array(Type.String(), { default: [] }),
    trust_proxy: Type.Boolean({ default: false }),
    tls: Type.Optional(Type.Object({ certificate: Type.String(), minimum_version: Type.String({ default: '1.2' }) })),
  }),
  log_level: Type.Union([Type.Literal('debug'), Type.Literal('info'), Type.Literal('error')], { default: 'info' }),
  api_url: Type.Optional(Type.String({ 'x-env': ['LANDLORD_CLI_API_URL'] })),
  compute: Type.Record(Type.String(), Type.Object({}, { additionalProperties: true }), { default: {} }),
})

export type AppSettings = Type.Static<typeof appSchema>
