import { AccessDeniedError, SecretUnavailableError } from '@landlord/compute-core'

/** A variable of the worker's environment that was meant for tenants. */
export function readSecretVariable(
  name: string,
  variable: string,
  { environment, prefix }: { environment: Readonly<Record<string, string | undefined>>; prefix: string },
): string {
  // The rest of the environment has secrets of the worker itself.
  if (!variable.startsWith(prefix)) {
    throw new AccessDeniedError({
      message: `secret ${name}: tenants may have variables of the worker that start with ${prefix}, and ${variable} does not; rename it, or set secrets.env_prefix`,
    })
  }
  const value = environment[variable]
  if (value !== undefined && value !== '') return value
  throw new SecretUnavailableError({
    message: `secret ${name}: the worker has no variable ${variable}, or an empty one; set it and start the worker again`,
  })
}
