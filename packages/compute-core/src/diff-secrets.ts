import type { ChangeEffect, ConfigChange } from './config-change.ts'
import { appendPointer } from './json-pointer.ts'
import { REDACTED } from './redact-config.ts'
import type { ResolvedSecrets } from './resolve-secrets.ts'

/** Which secrets differ from the fingerprints that the target remembers, as changes under `/secrets` without a value. */
export function diffSecrets(
  live: Readonly<Record<string, string>>,
  desired: ResolvedSecrets,
  effect: ChangeEffect = 'replace',
): ConfigChange[] {
  const names = [...new Set([...Object.keys(live), ...Object.keys(desired)])].sort()
  return names.flatMap((name) => {
    const before = Object.hasOwn(live, name) ? live[name] : undefined
    const after = Object.hasOwn(desired, name) ? desired[name] : undefined
    if (before === after?.fingerprint) return []
    const from = before === undefined ? {} : { from: REDACTED }
    const to = after === undefined ? {} : { to: REDACTED }
    return [{ path: appendPointer('/secrets', name), ...from, ...to, effect }]
  })
}

/** What the target is to remember. */
export function fingerprintsOf(secrets: ResolvedSecrets): Record<string, string> {
  const names = Object.keys(secrets).sort()
  return Object.fromEntries(names.map((name) => [name, secrets[name]?.fingerprint ?? '']))
}
