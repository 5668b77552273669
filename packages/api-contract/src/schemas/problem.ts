import { type Static, Type } from 'typebox'

/** Every error code of the HTTP API with its status and title. The provider contract's own codes appear in `failure.code`. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  invalid_config: { status: 400, title: 'The compute configuration is not valid' },
  unauthorized: { status: 401, title: 'Authentication is required' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The path does not know this method' },
  wait_timeout: { status: 408, title: 'The wait ended before the tenant got there' },
  conflict: { status: 409, title: 'The request conflicts with the current state' },
  precondition_failed: { status: 412, title: 'The tenant has changed since it was read' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong in the server' },
  unavailable: { status: 503, title: 'Something that the server depends on is down' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

export const ProblemIssue = Type.Object({
  pointer: Type.String({ description: 'JSON pointer into the body; `?name` for a query parameter.' }),
  message: Type.String(),
})
export type ProblemIssue = Static<typeof ProblemIssue>

/** RFC 9457, with the fields of the prior art (`error`, `details`) beside it. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Stable URI path that ends in the code.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What was wrong, what was expected, how to fix it.' }),
    instance: Type.String({ description: 'The path that was asked for.' }),
    code: Type.Enum(Object.keys(PROBLEMS) as ProblemCode[]),
    errors: Type.Optional(Type.Array(ProblemIssue, { description: 'Every issue at once.' })),
    request_id: Type.String(),
    tenant_id: Type.Optional(Type.String({ description: 'The existing tenant, where the name is taken.' })),
    error: Type.String({ description: 'Same as `detail`, for clients of the first API.' }),
    details: Type.Optional(Type.Array(Type.String(), { description: 'Same as `errors`, as text.' })),
  },
  { $id: 'Problem', description: 'application/problem+json' },
)
export type Problem = Static<typeof Problem>
