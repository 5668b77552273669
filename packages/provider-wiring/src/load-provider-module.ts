import { pathToFileURL } from 'node:url'
import { suggestName } from '@landlord/compute-core'
import { resolve } from 'import-meta-resolve'
import { builtInProviders } from './built-in-providers.ts'
import { ComputeSettingsError } from './compute-settings-error.ts'
import type { ProviderModule } from './provider-module.ts'

/**
 * The module behind a key of the `compute:` block: a built-in's name, else an npm package that is installed where
 * `resolveFrom` (a folder) can see it. Throws `ComputeSettingsError`.
 */
export async function loadProviderModule(key: string, resolveFrom: string): Promise<ProviderModule> {
  const builtIn = Object.hasOwn(builtInProviders, key) ? builtInProviders[key] : undefined
  if (builtIn !== undefined) return builtIn()

  const loaded = await importPackage(key, resolveFrom)
  if (!isProviderModule(loaded)) {
    throw new ComputeSettingsError({
      key,
      message: `the package "${key}" exports no function \`createProvider\`; is it a Landlord provider, and of a version that this Landlord knows?`,
    })
  }
  return loaded
}

async function importPackage(key: string, resolveFrom: string): Promise<unknown> {
  let url: string
  try {
    url = resolve(key, pathToFileURL(`${resolveFrom}/`).href)
  } catch (cause) {
    const guess = suggestName(key, Object.keys(builtInProviders))
    const hint = guess === undefined ? '' : ` Did you mean "${guess}"?`
    throw new ComputeSettingsError({
      key,
      message: `is neither a built-in provider (${Object.keys(builtInProviders).join(', ')}) nor an installed package.${hint} Install it beside Landlord with: npm install ${key}`,
      cause,
    })
  }
  try {
    return await import(url)
  } catch (cause) {
    throw new ComputeSettingsError({
      key,
      message: `the package "${key}" failed to load: ${(cause as Error).message}`,
      cause,
    })
  }
}

function isProviderModule(loaded: unknown): loaded is ProviderModule {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    'createProvider' in loaded &&
    typeof loaded.createProvider === 'function'
  )
}
