import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'

/** Names a folder laid out as a Terraform filesystem mirror. */
const PLUGIN_DIR_VARIABLE = 'LANDLORD_TERRAFORM_PLUGIN_DIR'
const PROVIDER = 'registry.terraform.io/hashicorp/aws'
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' }
const PROCESSORS: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * A folder from which `terraform init -plugin-dir` can take the AWS provider for this platform: the one that the
 * environment names, Terraform's implied local mirrors (its documentation, "Provider Installation"), its plugin cache,
 * then what system images carry.
 */
export function findTerraformProvider(env: NodeJS.ProcessEnv = process.env): string | undefined {
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
    ...globSync([`/opt/*/${PROVIDER}`, `/usr/share/*/${PROVIDER}`]).map((found) => found.slice(0, -PROVIDER.length)),
  ]
}
