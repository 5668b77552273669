import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import {
  type ComputeProvider,
  type ComputeStatus,
  InvalidConfigError,
  InvalidSpecError,
  isJsonObject,
  TenantNotFoundError,
  UnavailableError,
} from '@landlord/compute-core'
import type { Defect } from './defect.ts'
import type { ExampleSettings } from './example-scope.ts'

type Breakage = (provider: Required<ComputeProvider>, settings: ExampleSettings) => Partial<ComputeProvider>

const stopped: ComputeStatus = {
  state: 'stopped',
  health: 'none',
  containers: [],
  lastUpdated: '2026-01-01T00:00:00.000Z',
  metadata: {},
  settled: true,
  endpoints: [],
  resourceIds: {},
}

const issue = (message: string) => ({ path: '/image', keyword: 'rule', message })

/** What is wrong with one member only. The other defects are in the example provider itself. */
const breakages: Partial<Record<Defect, Breakage>> = {
  'the manifest says something else': ({ capabilities }) => ({
    capabilities: { ...capabilities, rollingUpdate: !capabilities.rollingUpdate },
  }),
  'has a name in upper case': (provider) => ({
    name: 'Example',
    validate: (spec) => provider.validate({ ...spec, providerType: lower(spec.providerType) }),
    provision: (spec, options) => provider.provision({ ...spec, providerType: lower(spec.providerType) }, options),
    update: (tenant, spec, options) =>
      provider.update(tenant, { ...spec, providerType: lower(spec.providerType) }, options),
  }),
  'the schema is invalid': ({ configSchema }) => ({ configSchema: { ...configSchema, minProperties: 'many' } }),
  'the schema lets unknown keys pass below the root': ({ configSchema }) => ({
    configSchema: {
      ...configSchema,
      properties: { nested: { type: 'object', properties: { a: { type: 'string' } } } },
    },
  }),
  'refuses a valid configuration': (provider) => ({
    validateConfig(config) {
      if (isJsonObject(config) && config.image === 'app:2')
        throw new InvalidConfigError({ issues: [issue('is too new')] })
      provider.validateConfig(config)
    },
  }),
  'points elsewhere': (provider) => ({
    validateConfig: (config) => rethrow(provider, config, (issues) => issues.map((each) => ({ ...each, path: '' }))),
  }),
  'reports the first issue only': (provider) => ({
    validateConfig: (config) => rethrow(provider, config, (issues) => issues.slice(0, 1)),
  }),
  'accepts null': (provider) => ({
    validateConfig(config) {
      if (config !== null) provider.validateConfig(config)
    },
  }),
  'reads a file to validate a configuration': (provider) => ({
    validateConfig(config) {
      readFileSync(new URL(import.meta.url))
      provider.validateConfig(config)
    },
  }),
  'refuses a valid spec': (provider) => ({
    validate(spec) {
      if (spec.providerConfig.image === 'app:2') throw new InvalidSpecError({ issues: [issue('is too new')] })
      provider.validate(spec)
    },
  }),
  'accepts the spec of another provider': ({ validate }) => ({
    validate: (spec) => validate({ ...spec, providerType: 'example' }),
  }),
  'accepts reserved labels': ({ validate }) => ({ validate: (spec) => validate({ ...spec, labels: {} }) }),
  'asks the network to validate a spec': ({ validate }) => ({
    validate(spec) {
      fetch('http://127.0.0.1:2').catch(() => {})
      validate(spec)
    },
  }),
  'accepts two containers': ({ validate }) => ({ validate: (spec) => validate({ ...spec, containers: [] }) }),
  'accepts secrets': ({ validate }) => ({ validate: (spec) => validate({ ...spec, secrets: [] }) }),
  'accepts a suspended tenant': ({ validate }) => ({ validate: (spec) => validate({ ...spec, suspended: false }) }),
  'accepts a restart token': ({ validate }) => ({
    validate: ({ restartToken: _, ...spec }) => validate(spec),
  }),

  'takes a missing tenant for a stopped one': (provider) => ({
    getStatus: (tenant, options) =>
      provider.getStatus(tenant, options).catch((error) => {
        if (TenantNotFoundError.isInstance(error)) return stopped
        throw error
      }),
  }),
  'reads what is foreign': (provider, { target }) => ({
    getStatus: (tenant, options) =>
      provider.getStatus(tenant, options).catch((error) => {
        if (TenantNotFoundError.isInstance(error) && target.resources.size > 0) return stopped
        throw error
      }),
  }),
  'writes to read': (provider, { target }) => ({
    getStatus(tenant, options) {
      if (!options.signal.aborted) target.writes += 1
      return provider.getStatus(tenant, options)
    },
  }),
  'remembers what it destroyed': (provider) => {
    const seen = new Map<string, ComputeStatus>()
    return {
      async getStatus(tenant, options) {
        try {
          const status = await provider.getStatus(tenant, options)
          seen.set(tenant.tenantId, status)
          return status
        } catch (error) {
          const remembered = seen.get(tenant.tenantId)
          if (remembered === undefined) throw error
          return remembered
        }
      },
    }
  },

  'ignores a signal that is aborted already': (provider) => ({
    getStatus: (tenant, options) =>
      provider.getStatus(
        tenant,
        options.signal.aborted ? { ...options, signal: new AbortController().signal } : options,
      ),
  }),
  'waits on after an abort': (provider) => ({
    async getStatus(tenant, options) {
      const late = options.signal.aborted
      return await provider.getStatus(tenant, options).catch(async (error) => {
        if (options.signal.aborted && !late) await setTimeout(1_500)
        throw error
      })
    },
  }),

  'takes silence for absence': (provider) => ({
    getStatus: (tenant, options) =>
      provider.getStatus(tenant, options).catch((error) => {
        throw UnavailableError.isInstance(error) ? new TenantNotFoundError({ message: 'no answer' }) : error
      }),
  }),
  'throws errors of its own': (provider) => ({
    provision: (spec, options) =>
      provider.provision(spec, options).catch((error) => {
        throw UnavailableError.isInstance(error) ? new Error('no answer') : error
      }),
  }),
  'loses details in JSON': (provider) => ({
    getStatus: (tenant, options) =>
      provider.getStatus(tenant, options).catch((error) => {
        throw Object.assign(error, { toJSON: () => ({ message: String(error) }) })
      }),
  }),

  'returns dates': (provider) => ({
    destroy: async (tenant, options) => Object.assign(await provider.destroy(tenant, options), { at: new Date() }),
  }),
  'returns numbers in the handle': (provider) => ({
    provision: async (spec, options) =>
      Object.assign(await provider.provision(spec, options), { resourceIds: { port: 80 } }),
  }),

  'plans to update what is not there': (provider) => ({
    async plan(tenant, spec, options) {
      const plan = await provider.plan(tenant, spec, options)
      return { ...plan, action: plan.action === 'create' ? 'update' : plan.action }
    },
  }),
  'plans to update what is equal': (provider) => ({
    async plan(tenant, spec, options) {
      const plan = await provider.plan(tenant, spec, options)
      return { ...plan, action: plan.action === 'no_changes' ? 'update' : plan.action }
    },
  }),
  'plans other changes': (provider) => ({
    async plan(tenant, spec, options) {
      const plan = await provider.plan(tenant, spec, options)
      return { ...plan, changes: plan.changes.slice(1) }
    },
  }),
  'writes to plan': (provider, { target }) => ({
    plan(tenant, spec, options) {
      if (!options.signal.aborted) target.writes += 1
      return provider.plan(tenant, spec, options)
    },
  }),
}

export function breakProvider(provider: Required<ComputeProvider>, settings: ExampleSettings): ComputeProvider {
  const breakage = settings.defect === undefined ? undefined : breakages[settings.defect]
  return { ...provider, ...breakage?.(provider, settings) }
}

function lower(text: string): string {
  return text.toLowerCase()
}

function rethrow(
  provider: ComputeProvider,
  config: unknown,
  change: (issues: InvalidConfigError['issues']) => InvalidConfigError['issues'],
): void {
  try {
    provider.validateConfig(config)
  } catch (error) {
    throw InvalidConfigError.isInstance(error) ? new InvalidConfigError({ issues: change(error.issues) }) : error
  }
}
