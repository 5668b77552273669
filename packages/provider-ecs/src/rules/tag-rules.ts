import { appendPointer, reservedKeyIssues, type ValidationIssue } from '@landlord/compute-core'
import type { EcsConfig } from '../ecs-config.ts'
import { MAX_USER_TAGS } from '../provider-tags.ts'
import { MAX_TAG_KEY, MAX_TAG_VALUE, RESERVED_BY_AWS, TAG_TEXT } from '../tag-value.ts'
import { startReport } from './rule.ts'

export function tagRules({ tags = {} }: EcsConfig): ValidationIssue[] {
  const report = startReport()
  const count = Object.keys(tags).length
  report.when(
    count > MAX_USER_TAGS,
    '/tags',
    `are ${count}; AWS allows 50, and with those that mark the service as ours there is room for ${MAX_USER_TAGS}`,
  )
  return [...reservedKeyIssues(tags, '/tags'), ...report.issues, ...tagIssues(tags, '/tags')]
}

/** What AWS refuses in a tag: ECS API reference, Tag. */
export function tagIssues(tags: Readonly<Record<string, string>>, path: string): ValidationIssue[] {
  const report = startReport()
  for (const [key, value] of Object.entries(tags)) {
    const at = appendPointer(path, key)
    report.when(key.length < 1 || key.length > MAX_TAG_KEY, at, `must have a key of 1 to ${MAX_TAG_KEY} characters`)
    report.when(value.length > MAX_TAG_VALUE, at, `must have a value of at most ${MAX_TAG_VALUE} characters`)
    report.when(
      RESERVED_BY_AWS.test(key) || RESERVED_BY_AWS.test(value),
      at,
      'must not begin with "aws:", neither the key nor the value; AWS reserves it',
    )
    report.when(
      !TAG_TEXT.test(key) || !TAG_TEXT.test(value),
      at,
      'becomes a tag of the service, which may hold letters, digits, spaces and _.:/=+-@ only',
    )
  }
  return report.issues
}
