import { PROBLEMS, type Problem, type ProblemCode, type ProblemIssue } from '@landlord/api-contract'
import {
  ComputeError,
  InvalidConfigError,
  InvalidSpecError,
  ProviderNotFoundError,
  type ValidationIssue,
} from '@landlord/compute-core'
import { StoreContentionError } from '../store/store-contention-error.ts'
import { StoreUnavailableError } from '../store/store-unavailable-error.ts'
import { HttpProblem } from './http-problem.ts'

/** Retry after so long when a dependency is down. */
const RETRY_AFTER_SECONDS = '2'

/** What a request is answered with when it fails. Anything unknown is `internal` and says nothing but the request's id. */
export function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (ComputeError.isInstance(error)) return fromComputeError(error)
  if (error instanceof StoreUnavailableError) return fromStore(error)
  if (error instanceof StoreContentionError) return busy(error)
  return fromFrameworkError(error) ?? new HttpProblem({ code: 'internal', detail: INTERNAL_DETAIL, cause: error })
}

const INTERNAL_DETAIL = 'the server failed to answer; its log has the reason under the request id'

/** The document, and the headers that go with it. */
export function toDocument(
  problem: HttpProblem,
  request: { readonly path: string; readonly requestId: string },
): { readonly status: number; readonly document: Problem; readonly headers: Readonly<Record<string, string>> } {
  const { status, title } = PROBLEMS[problem.code]
  const issues = [...problem.issues]
  return {
    status,
    headers: status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS, ...problem.headers } : problem.headers,
    document: {
      type: `/problems/${problem.code}`,
      title,
      status,
      detail: problem.message,
      instance: request.path,
      code: problem.code,
      ...(issues.length === 0 ? {} : { errors: issues }),
      request_id: request.requestId,
      ...(problem.tenantId === undefined ? {} : { tenant_id: problem.tenantId }),
      error: problem.message,
      ...(issues.length === 0 ? {} : { details: issues.map(({ pointer, message }) => `${pointer}: ${message}`) }),
    },
  }
}

function fromStore(error: StoreUnavailableError): HttpProblem {
  const detail = error.outcomeUnknown
    ? 'the connection to the database broke before it confirmed the change; whether it was made is not known: look, or send the request again'
    : 'the database does not answer at the moment; nothing was changed'
  return new HttpProblem({ code: 'unavailable', detail, cause: error })
}

function busy(cause: StoreContentionError): HttpProblem {
  const detail = 'others kept changing the same tenant at the same time; nothing was changed, send the request again'
  return new HttpProblem({ code: 'unavailable', detail, cause })
}

function fromComputeError(error: ComputeError): HttpProblem {
  const detail = error.message
  if (InvalidConfigError.isInstance(error)) {
    return new HttpProblem({ code: 'invalid_config', detail, issues: pointers(error.issues, '/compute_config') })
  }
  if (InvalidSpecError.isInstance(error)) {
    const issues = pointers(error.issues, '').map((issue) => ({
      ...issue,
      pointer: issue.pointer
        .replace(/^\/providerConfig(?=\/|$)/, '/compute_config')
        .replace(/^(\/secrets\/\d+)\/valueFrom$/, '$1/value_from'),
    }))
    return new HttpProblem({ code: 'invalid_request', detail, issues })
  }
  if (ProviderNotFoundError.isInstance(error)) {
    const issues = [{ pointer: '/compute_provider', message: detail }]
    return new HttpProblem({ code: 'invalid_request', detail, issues })
  }
  if (error.code === 'unsupported_specification' || error.code === 'capability_unsupported') {
    return new HttpProblem({ code: 'invalid_config', detail })
  }
  return new HttpProblem({ code: 'internal', detail: INTERNAL_DETAIL, cause: error })
}

function pointers(issues: readonly ValidationIssue[], prefix: string): ProblemIssue[] {
  return issues.map(({ path, message }) => ({ pointer: prefix + path, message }))
}

const MAX_BODY = '1 MiB'

const FRAMEWORK_ERRORS: Readonly<Record<string, { code: ProblemCode; detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'payload_too_large',
    detail: `the body is larger than ${MAX_BODY}; keep large values where the instance can fetch them`,
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    detail: 'the body must be JSON; send the header "content-type: application/json"',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'invalid_request',
    detail: 'the body is shorter or longer than its content-length header says',
  },
  FST_ERR_BAD_URL: { code: 'invalid_request', detail: 'the path has a percent sign that encodes nothing' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'not_found', detail: 'a part of the path is too long to be an id or a name' },
}

function fromFrameworkError(error: unknown): HttpProblem | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  const known = FRAMEWORK_ERRORS[String(error.code)]
  return known === undefined ? undefined : new HttpProblem({ ...known, cause: error })
}
