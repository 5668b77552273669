import type { Command } from 'commander'
import { usageError } from '../cli-error.ts'
import { collect, collectAnnotations, collectLabels, collectSecrets, type Pairs } from './parse-pairs.ts'
import {
  addTenantOptionFlags,
  addTenantOptionRemovals,
  hasTenantOptions,
  type TenantOptionFlags,
} from './tenant-option-flags.ts'

/** What a change of a tenant can be made of. */
export interface ChangeOptions extends TenantOptionFlags {
  readonly config?: string
  readonly set?: readonly string[]
  readonly unset?: readonly string[]
  readonly provider?: string
  readonly secret?: Pairs
  readonly removeSecret?: readonly string[]
  readonly label?: Pairs
  readonly removeLabel?: readonly string[]
  readonly annotation?: Pairs
  readonly removeAnnotation?: readonly string[]
  readonly replace?: boolean
  readonly patch?: boolean
  readonly ifMatch?: string
}

export function addChangeOptions(command: Command): Command {
  command
    .option('--config <config>', 'JSON or YAML, a file (path, @path, file://path), or - for stdin')
    .option('--set <path=value>', 'one value of the configuration, e.g. env.GREETING=hi; may be repeated', collect)
    .option('--unset <path>', 'remove one value of the configuration, e.g. env.GREETING; may be repeated', collect)
    .option('--provider <provider>', 'compute provider')
    .option('--secret <name=reference>', SECRET_HELP, collectSecrets)
    .option('--remove-secret <name>', 'may be repeated', collect)
    .option('--label <key=value>', 'may be repeated, or several separated by commas', collectLabels)
    .option('--remove-label <key>', 'may be repeated', collect)
    .option('--annotation <key=value>', 'may be repeated', collectAnnotations)
    .option('--remove-annotation <key>', 'may be repeated', collect)
  addTenantOptionRemovals(addTenantOptionFlags(command))
  return command
    .option('--replace', 'replace the whole configuration instead of merging into it')
    .option('--patch', 'merge; the default, accepted for scripts of the first Landlord')
    .option('--if-match <etag>', 'only if the tenant is still at this version, as `landlord get -o json` shows it')
}

/** For the option that `create` takes as well. */
export const SECRET_HELP =
  'where a secret is, never the secret: DB_PASSWORD=env:LANDLORD_SECRET_DB or file:/path; may be repeated'

/** Whether anything is to change. Throws a usage error for options that exclude each other. */
export function isChange(options: ChangeOptions): boolean {
  const { config, set, unset, provider, secret, removeSecret, replace, patch } = options
  const { label, removeLabel, annotation, removeAnnotation } = options
  if (replace === true && patch === true) throw usageError('--replace and --patch exclude each other')
  if (replace === true && unset !== undefined) {
    throw usageError('--replace with --unset: leave the key out of the configuration that you give')
  }
  if (replace === true && config === undefined && set === undefined) {
    throw usageError('--replace needs the new configuration: --config or --set')
  }
  const given = [config, set, unset, provider, secret, removeSecret, label, removeLabel, annotation, removeAnnotation]
  return given.some((value) => value !== undefined) || hasTenantOptions(options)
}
