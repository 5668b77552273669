import type { ComputeProvider, OperationOptions, TenantComputeSpec } from '@landlord/compute-core'
import { tenantRef } from './bench.ts'

export type IoCall = readonly [name: string, call: (signal?: AbortSignal) => Promise<unknown>]

/** One call of every method that does I/O, of those that the provider has. */
export function ioCalls(provider: ComputeProvider, spec: TenantComputeSpec, options: OperationOptions): IoCall[] {
  const tenant = tenantRef(spec)
  const withSignal = (signal: AbortSignal = options.signal): OperationOptions => ({ ...options, signal })
  const { plan, listOwned, readLogs } = provider
  return [
    ['provision', (signal) => provider.provision(spec, withSignal(signal))],
    ['update', (signal) => provider.update(tenant, spec, withSignal(signal))],
    ['destroy', (signal) => provider.destroy(tenant, withSignal(signal))],
    ['getStatus', (signal) => provider.getStatus(tenant, withSignal(signal))],
    ...(plan === undefined
      ? []
      : [['plan', (signal) => plan.call(provider, tenant, spec, withSignal(signal))] satisfies IoCall]),
    ...(listOwned === undefined
      ? []
      : [['listOwned', (signal) => firstOf(listOwned.call(provider, withSignal(signal)))] satisfies IoCall]),
    ...(readLogs === undefined
      ? []
      : [['readLogs', (signal) => firstOf(readLogs.call(provider, tenant, withSignal(signal)))] satisfies IoCall]),
  ]
}

async function firstOf(items: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of items) return item
  return undefined
}
