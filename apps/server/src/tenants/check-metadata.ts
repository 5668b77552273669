import { Annotations, Labels } from '@landlord/api-contract'
import { Value } from 'typebox/value'
import { HttpProblem } from '../http/http-problem.ts'
import type { DesiredState } from './resolve-desired.ts'

/** Checks labels and annotations as they would be stored: a merge of two good ones may be too many. Throws `HttpProblem`. */
export function checkMetadata({ labels, annotations }: Pick<DesiredState, 'labels' | 'annotations'>): void {
  const issues = [...issuesOf('/labels', Labels, labels), ...issuesOf('/annotations', Annotations, annotations)]
  if (issues.length === 0) return
  const detail = issues.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ')
  throw new HttpProblem({ code: 'invalid_request', detail, issues })
}

function issuesOf(pointer: string, schema: typeof Labels, value: Readonly<Record<string, string>>) {
  return [...Value.Errors(schema, value)].map(({ instancePath, message }) => ({
    pointer: pointer + instancePath,
    message,
  }))
}
