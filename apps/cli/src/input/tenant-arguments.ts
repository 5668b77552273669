import { type Command, InvalidArgumentError } from 'commander'
import { usageError } from '../cli-error.ts'

/** The ways to name one tenant. */
export interface TenantFlags {
  readonly tenantName?: string
  readonly tenantId?: string
}

export function addTenantFlags(command: Command): Command {
  return command
    .option('--tenant-name <name>', 'same as the argument')
    .option('--tenant-id <id>', 'same as the argument')
}

/** All that were named, each once, in order. */
export function namedTenants(given: readonly string[], flags: TenantFlags): string[] {
  const all = [...given, flags.tenantName, flags.tenantId].filter((name) => name !== undefined)
  return [...new Set(all)]
}

/** The one tenant that a command is about. */
export function oneTenant(argument: string | undefined, flags: TenantFlags): string {
  const [tenant, other] = namedTenants(argument === undefined ? [] : [argument], flags)
  if (tenant === undefined)
    throw usageError('which tenant? Give its name or id', 'see what there is with: landlord list')
  if (other !== undefined) throw usageError(`one tenant at a time: got ${tenant} and ${other}`)
  return tenant
}

/** For options that take a whole number from 1. */
export function parseCount(text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('expected a whole number from 1')
  return count
}
