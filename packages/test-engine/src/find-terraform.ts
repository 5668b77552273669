import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'

/** Names a folder laid out as a Terraform filesystem mirror. */
const PLUGIN_DIR_VARIABLE = 'LANDLORD_TERRAFORM_PLUGIN_DIR'
const PROVIDER = 'registry.terraform.io/hashicorp/aws'
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' }
const PROCESSORS: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** `pluginDir`: for `terraform init -plugin-dir`, with the AWS provider for this platform. `why`: for the name of a skipped test. */
export type FoundTerraform =
  | { readonly kind: 'present'; readonly pluginDir: string }
  | { readonly kind: 'absent'; readonly why: string }

/** Terraform and its AWS provider, where both are on this machine: nothing is downloaded. */
export function findTerraform(env: NodeJS.ProcessEnv = process.env): FoundTerraform {
  const { error, status } = spawnSync('terraform', ['version'], { env: { ...env, CHECKPOINT_DISABLE: '1' } })
  if (error !== undefined || status !== 0) return { kind: 'absent', why: 'terraform is not installed' }
  const pluginDir = findAwsProvider(env)
  if (pluginDir !== undefined) return { kind: 'present', pluginDir }
  return { kind: 'absent', why: `the hashicorp/aws provider is in no local folder, nor in ${PLUGIN_DIR_VARIABLE}` }
}

/**
 * The folder that the environment names, Terraform's implied local mirrors (its documentation, "Provider Installation"), its
 * plugin cache, then what system images carry.
 */
function findAwsProvider(env: NodeJS.ProcessEnv): string | undefined {
  const platform = `${SYSTEMS[process.platform]}_${PROCESSORS[process.arch]}`
  return candidates(env).find((folder) => {
    const provider = join(folder, PROVIDER)
    return existsSync(provider) && globSync([`*/${platform}`, `*_${platform}.zip`], { cwd: provider }).length > 0
  })
}

function candidates(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME ?? '/'
  const named = [env[PLUGIN_DIR_VARIABLE], env.TF_PLUGIN_CACHE_DIR].filter((folder) => folder !== undefined)
  const shared = (env.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(':')
  const data = [env.XDG_DATA_HOME ?? join(home, '.local/share'), ...shared]
  return [
    ...named,
    join(home, '.terraform.d/plugins'),
    ...data.map((folder) => join(folder, 'terraform/plugins')),
    ...globSync(`/{opt,usr/share,usr/local/share}/*/${PROVIDER}`).map((found) => found.slice(0, -PROVIDER.length)),
  ]
}
