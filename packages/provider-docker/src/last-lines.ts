import { ComputeError, REDACTED } from '@landlord/compute-core'
import { containerLogs } from './read-logs.ts'
import type { Container } from './read-tenant.ts'
import type { TenantScope } from './tenant-scope.ts'

const MAX_LINES = 5
const MAX_LINE_LENGTH = 200
/** Shorter values (ports, flags) are no secrets, and hiding them would make the lines unreadable. */
const SHORTEST_SECRET = 4
/** Values that every image has. */
const PUBLIC_VARIABLES = new Set(['PATH', 'HOME', 'HOSTNAME', 'LANG', 'TERM'])

/** The container's last output, for a person who asks why it failed. Values of its environment are hidden. */
export async function lastLines(scope: TenantScope, container: Container): Promise<string[]> {
  const lines: string[] = []
  try {
    for await (const { text } of containerLogs(scope, container, { tail: MAX_LINES })) {
      if (text.trim() !== '') lines.push(hideValues(text, container.Config.Env ?? []).slice(0, MAX_LINE_LENGTH))
    }
  } catch (error) {
    // The lines are a help, not the answer.
    if (scope.signal.aborted || !ComputeError.isInstance(error)) throw error
  }
  return lines.slice(-MAX_LINES)
}

function hideValues(text: string, env: readonly string[]): string {
  const secrets = env
    .filter((entry) => !PUBLIC_VARIABLES.has(entry.slice(0, entry.indexOf('='))))
    .map((entry) => entry.slice(entry.indexOf('=') + 1))
    // A key or certificate comes out line by line.
    .flatMap((value) => [value, ...value.split(/\r?\n/)])
    .filter((value) => value.length >= SHORTEST_SECRET)
    .sort((left, right) => right.length - left.length)
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, REDACTED), text)
}
