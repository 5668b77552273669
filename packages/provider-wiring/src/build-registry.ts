import { ComputeError, type JsonObject, type Logger, ProviderRegistry } from '@landlord/compute-core'
import { ComputeSettingsError } from './compute-settings-error.ts'
import { loadProviderModule } from './load-provider-module.ts'

/** The `compute:` block: a provider is enabled by the presence of its key. */
export type ComputeSettings = Readonly<Record<string, JsonObject | null>>

export interface BuildRegistryOptions {
  /** The control plane's id, part of every ownership mark. */
  readonly installation: string
  readonly logger: Logger
  /** The folder from which provider packages are resolved. Default is the working directory. */
  readonly resolveFrom?: string
}

/**
 * Turns the `compute:` block into a filled registry. Rejects with an `AggregateError` of `ComputeSettingsError`s that
 * names every block that cannot be used, or with the only one there is.
 */
export async function buildRegistry(
  compute: ComputeSettings,
  options: BuildRegistryOptions,
): Promise<ProviderRegistry> {
  const registry = new ProviderRegistry()
  const failures: unknown[] = []
  for (const [key, settings] of Object.entries(compute)) {
    try {
      const module = await loadProviderModule(key, options.resolveFrom ?? process.cwd())
      const { installation, logger } = options
      registry.register(await module.createProvider({ installation, logger, settings: settings ?? {} }))
    } catch (error) {
      failures.push(error instanceof ComputeSettingsError ? error : refused(key, error))
    }
  }
  if (failures.length === 0) return registry
  await registry.close()
  if (failures.length === 1) throw failures[0]
  throw new AggregateError(failures, failures.map((failure) => (failure as Error).message).join('\n'))
}

function refused(key: string, error: unknown): ComputeSettingsError {
  const message = ComputeError.isInstance(error) || error instanceof Error ? error.message : String(error)
  return new ComputeSettingsError({ key, message, cause: error })
}
