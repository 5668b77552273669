import { ComputeError, isJsonObject, type JsonSchema, type JsonValue, redactConfig } from '@landlord/compute-core'
import { tenantRef } from '../bench.ts'
import { expectRejection, expectThrow } from '../expect-compute-error.ts'
import { ioCalls } from '../io-calls.ts'
import type { PartGroup } from '../part.ts'

const UNKNOWN = ['unavailable', 'timeout'] as const

export const errorParts: PartGroup = {
  title: 'errors',
  parts: [
    {
      name: 'a target that cannot be reached is unavailable or a timeout, never "not found" and never a success',
      async run({ provider, spec, options }) {
        const one = await provider({ target: 'unreachable' })
        for (const [name, call] of ioCalls(one, spec(one), options())) {
          await expectRejection(name, UNKNOWN, call)
        }
      },
    },
    {
      name: 'errors survive JSON with their code, message, retryable and details',
      async run({ provider, spec, options, expect }) {
        const one = await provider()
        const unreachable = await provider({ target: 'unreachable' })
        const tenant = tenantRef(spec(one))
        const elsewhere = tenantRef(spec(unreachable))
        const errors = [
          expectThrow('an unknown key', ['invalid_config'], () =>
            one.validateConfig({ key_that_no_provider_knows: 1 }),
          ),
          await expectRejection('getStatus', ['tenant_not_found'], () => one.getStatus(tenant, options())),
          await expectRejection('getStatus', UNKNOWN, () => unreachable.getStatus(elsewhere, options())),
        ]
        for (const error of errors) {
          const { code, message, retryable, details } = error
          const json = JSON.parse(JSON.stringify(error)) as Record<string, JsonValue>
          expect({ branded: ComputeError.isInstance(error), ...pick(json) }).toEqual({
            branded: true,
            code,
            message,
            retryable,
            details: { ...details },
          })
        }
      },
    },
    {
      name: 'sensitive values of the configuration reach no log, error, change, handle or message',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const next = bench.changed(one, wanted)
        const provisioned = await one.provision(wanted, bench.options())
        const { observedConfig: _, ...status } = await bench.settle(one, tenantRef(wanted))
        const updated = await one.update(tenantRef(wanted), next, bench.options({ generation: 2 }))
        await bench.settle(one, tenantRef(next))
        const unreachable = await bench.provider({ target: 'unreachable' })
        const error = await unreachable
          .provision(bench.spec(unreachable), bench.options())
          .catch((caught: unknown) => caught)
        await bench.destroy(one, tenantRef(next))

        const said = `${JSON.stringify([provisioned, status, updated, error, String(error)])} ${bench.logger.text()}`
        const secrets = [wanted, next].flatMap(({ providerConfig }) =>
          hiddenValues(providerConfig, redactConfig(one.configSchema, providerConfig, 'sensitive')),
        )
        bench.expect({ leaked: secrets.filter((secret) => said.includes(secret)) }).toEqual({ leaked: [] })
      },
    },
  ],
}

function pick(json: Record<string, JsonValue>): Record<string, JsonValue | undefined> {
  return { code: json.code, message: json.message, retryable: json.retryable, details: json.details }
}

// Shorter ones are found by chance in ids and times.
const SHORTEST_SECRET = 6

/** The strings that redaction took away. */
function hiddenValues(shown: JsonValue | JsonSchema, redacted: JsonValue): string[] {
  if (typeof shown === 'string') return shown !== redacted && shown.length >= SHORTEST_SECRET ? [shown] : []
  if (Array.isArray(shown)) {
    return shown.flatMap((item, index) =>
      hiddenValues(item, Array.isArray(redacted) ? (redacted[index] ?? null) : null),
    )
  }
  if (!isJsonObject(shown)) return []
  return Object.entries(shown).flatMap(([key, item]) =>
    hiddenValues(item, isJsonObject(redacted) ? (redacted[key] ?? null) : null),
  )
}
