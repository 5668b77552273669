import { InvalidSpecError } from './errors/invalid-spec-error.ts'
import type { ValidationIssue } from './errors/validation-issue.ts'
import { appendPointer } from './json-pointer.ts'

/** Keys that start so are ours; users' labels and tags must not. */
export const RESERVED_KEY_PREFIX = 'landlord.'

/** Keys of the marks that every created resource carries. */
export const OWNERSHIP_KEYS = {
  owner: 'landlord.owner',
  tenantId: 'landlord.tenant_id',
  provider: 'landlord.provider',
  installation: 'landlord.installation',
} as const

export interface Ownership {
  readonly tenantId: string
  readonly provider: string
  /** The control plane's id: two of them can share an account or an engine and never touch each other's resources. */
  readonly installation: string
}

/** The marks as labels or tags. */
export function ownershipMarks(ownership: Ownership): Record<string, string> {
  return {
    [OWNERSHIP_KEYS.owner]: 'landlord',
    [OWNERSHIP_KEYS.tenantId]: ownership.tenantId,
    [OWNERSHIP_KEYS.provider]: ownership.provider,
    [OWNERSHIP_KEYS.installation]: ownership.installation,
  }
}

type Marks = Readonly<Record<string, string | undefined>>

/** Reads the marks back; undefined unless the resource is ours in full. */
export function readOwnership(marks: Marks | null | undefined): Ownership | undefined {
  const tenantId = marks?.[OWNERSHIP_KEYS.tenantId]
  const provider = marks?.[OWNERSHIP_KEYS.provider]
  const installation = marks?.[OWNERSHIP_KEYS.installation]
  if (marks?.[OWNERSHIP_KEYS.owner] !== 'landlord') return undefined
  if (tenantId === undefined || provider === undefined || installation === undefined) return undefined
  return { tenantId, provider, installation }
}

/** Whether the marks are exactly this tenant's, by this provider, of this installation. */
export function isOwnedBy(marks: Marks | null | undefined, ownership: Ownership): boolean {
  const found = readOwnership(marks)
  return (
    found !== undefined &&
    found.tenantId === ownership.tenantId &&
    found.provider === ownership.provider &&
    found.installation === ownership.installation
  )
}

/** The issues of user labels or tags whose keys are reserved, whatever their case. */
export function reservedKeyIssues(labels: Readonly<Record<string, string>>, path: string): ValidationIssue[] {
  return Object.keys(labels)
    .filter((key) => key.toLowerCase().startsWith(RESERVED_KEY_PREFIX))
    .map((key) => ({
      path: appendPointer(path, key),
      keyword: 'rule',
      message: `keys that start with "${RESERVED_KEY_PREFIX}" are reserved for ownership marks; choose another prefix`,
    }))
}

/** Throws `InvalidSpecError` when a user label or tag has a reserved key. */
export function assertNoReservedKeys(labels: Readonly<Record<string, string>>, path: string): void {
  const issues = reservedKeyIssues(labels, path)
  if (issues.length > 0) throw new InvalidSpecError({ subject: 'labels', issues })
}
