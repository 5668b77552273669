import type { ValidationIssue } from '@landlord/compute-core'
import type { EcsConfig } from '../ecs-config.ts'
import type { ValidationContext } from '../validate-config.ts'

/** A group of rules between keys; the schema holds already. */
export type Rule = (config: EcsConfig, context: ValidationContext) => ValidationIssue[]

export interface Report {
  readonly issues: ValidationIssue[]
  /** Adds an issue when the condition holds. */
  readonly when: (condition: boolean, path: string, message: string) => void
}

export function startReport(): Report {
  const issues: ValidationIssue[] = []
  return {
    issues,
    when: (condition, path, message) => {
      if (condition) issues.push({ path, keyword: 'rule', message })
    },
  }
}
