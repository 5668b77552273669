import type { ApiToken, CreatedToken } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { formatAge, formatLocalTime } from './format-time.ts'
import { renderFields, renderTable } from './table.ts'

interface Look {
  readonly now: number
  readonly colors: Colors
}

export function renderTokenTable(tokens: readonly ApiToken[], { now, colors }: Look): string {
  const rows = tokens.map((token) => [
    token.name,
    token.scope,
    token.label_selector ?? 'all',
    stateOf(token, now),
    token.last_used_at === undefined ? 'never' : `${formatAge(token.last_used_at, now)} ago`,
    token.created_by,
    token.id,
  ])
  return renderTable(['NAME', 'SCOPE', 'TENANTS', 'STATE', 'LAST USED', 'BY', 'ID'], rows, colors)
}

/** The one time that a token is shown. */
export function renderTokenDetails(token: CreatedToken, { now, colors }: Look): string {
  return renderFields(
    [
      ['Token', token.token],
      ['Name', token.name],
      ['Scope', token.scope],
      ['Tenants', token.label_selector ?? 'all'],
      ['State', stateOf(token, now)],
    ],
    colors,
  )
}

function stateOf({ revoked_at: revoked, expires_at: expires }: ApiToken, now: number): string {
  if (revoked !== undefined) return `revoked ${formatLocalTime(revoked)}`
  if (expires === undefined) return 'valid'
  return `${Date.parse(expires) <= now ? 'expired' : 'valid until'} ${formatLocalTime(expires)}`
}
