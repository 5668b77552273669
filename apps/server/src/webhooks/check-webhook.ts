import type { PatchWebhookRequest, ProblemIssue } from '@landlord/api-contract'
import { EventTypeError, expandTypes } from '../events/event-filter.ts'
import { HttpProblem } from '../http/http-problem.ts'
import { LabelSelectorError, parseLabelSelector } from '../tenants/parse-label-selector.ts'
import type { NetworkGuard } from './network-guard.ts'

type Checked = Pick<PatchWebhookRequest, 'url' | 'types' | 'label_selector'>

/** Throws `HttpProblem` with everything that is wrong with what a webhook is to be. */
export function checkWebhook(guard: NetworkGuard, { url, types, label_selector: selector }: Checked): void {
  const complaints: Record<string, string | undefined> = {
    '/url': url === undefined ? undefined : guard.complaint(url),
    '/types': types === undefined ? undefined : complaintOf(() => expandTypes(types)),
    '/label_selector': selector == null ? undefined : complaintOf(() => parseLabelSelector(selector)),
  }
  const issues = Object.entries(complaints).flatMap(([pointer, message]): ProblemIssue[] =>
    message === undefined ? [] : [{ pointer, message }],
  )
  if (issues.length === 0) return
  const detail = issues.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ')
  throw new HttpProblem({ code: 'invalid_request', detail, issues })
}

function complaintOf(check: () => unknown): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof EventTypeError || error instanceof LabelSelectorError) return error.message
    throw error
  }
}
