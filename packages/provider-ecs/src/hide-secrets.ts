import { inspect } from 'node:util'

/** How deep a log looks into an error, and more. */
const DEPTH = 10

export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '(hidden)'), text)
}

/**
 * The cause of an error as a log may print it: itself where it holds no secret, else what its names and messages say. STS
 * repeats the value that it refuses, e.g. an external id.
 */
export function hideSecretsInCause(thrown: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0) return thrown
  const printed = inspect(thrown, { depth: DEPTH })
  if (!secrets.some((secret) => printed.includes(secret))) return thrown
  if (!(thrown instanceof Error)) return new Error(hideSecrets(String(thrown), secrets))
  const { name, message, cause } = thrown
  const shown = new Error(
    hideSecrets(message, secrets),
    cause === undefined ? {} : { cause: hideSecretsInCause(cause, secrets) },
  )
  shown.name = name
  return shown
}
