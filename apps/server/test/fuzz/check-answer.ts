import { isDeepStrictEqual } from 'node:util'
import { PROBLEMS, Problem, type RouteDefinition } from '@landlord/api-contract'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly requestId: string | null
  readonly body: unknown
}

/** What is wrong with an answer, by the contract; undefined when nothing is. */
export function complaintAbout(
  route: RouteDefinition,
  answer: Answer,
  { asksWorker }: { readonly asksWorker: boolean },
): string | undefined {
  const { status, contentType, requestId, body } = answer
  if (requestId === null) return 'it has no x-request-id'
  if (contentType.startsWith('text/event-stream')) return complaintAboutStream(route, answer)
  const schema: TSchema | undefined = route.responses[status]
  if (schema !== undefined && !contentType.startsWith('application/problem+json')) {
    return contentType.startsWith('application/json') ? misfit(schema, body) : `its content type is ${contentType}`
  }
  // A worker may say that the provider is away.
  if (status >= 500 && !(asksWorker && isUnavailable(body))) return 'the server failed'
  if (!contentType.startsWith('application/problem+json')) return `${status} is not in the contract (${contentType})`
  const complaint = misfit(Problem, body)
  if (complaint !== undefined) return complaint
  const { code } = body as Problem
  return PROBLEMS[code].status === status ? undefined : `the problem ${code} came with ${status}`
}

function complaintAboutStream({ stream }: RouteDefinition, { status, body }: Answer): string | undefined {
  if (stream === undefined) return 'it is a stream'
  if (status !== 200) return `a stream came with ${status}`
  const complaints = (body as unknown[]).map((message) => misfit(stream, message))
  return complaints.find((complaint) => complaint !== undefined)
}

function isUnavailable(body: unknown): boolean {
  return (body as Partial<Problem> | undefined)?.code === 'unavailable'
}

function misfit(schema: TSchema, body: unknown): string | undefined {
  const [first] = Value.Errors(schema, body)
  if (first !== undefined) return `${first.instancePath}: ${first.message}`
  const known = Value.Clean(schema, structuredClone(body))
  return isDeepStrictEqual(known, body) ? undefined : 'it has fields that its schema does not know'
}
