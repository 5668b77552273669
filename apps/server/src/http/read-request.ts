import type { RouteDefinition } from '@landlord/api-contract'
import {
  type ConfigValidator,
  createConfigValidator,
  type JsonSchema,
  type ValidationIssue,
} from '@landlord/compute-core'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { HttpProblem } from './http-problem.ts'

interface RequestParts {
  readonly params: unknown
  readonly query: unknown
  readonly headers: unknown
  readonly body: unknown
}

/** Checks and converts the parts of a request. Throws `HttpProblem` with every issue. */
export type ReadRequest = (parts: RequestParts) => RequestParts

const NO_QUERY = { type: 'object', additionalProperties: false, properties: {} }

/** Compiles a route's schemas once. Text in the query is converted to what the schema asks for; bodies are taken literally. */
export function createReadRequest(route: RouteDefinition): ReadRequest {
  const params = part(route.params)
  const headers = part(route.headers)
  const query = part(route.query) ?? { validator: lazily(NO_QUERY) }
  const body = part(route.body)
  const branches = branchesOf(route.body)
  return (parts) => {
    const read = {
      params: convert(params, parts.params),
      headers: convert(headers, parts.headers),
      query: convert(query, parts.query),
      body: parts.body,
    }
    const issues = [
      ...issuesOf(params, read.params).map((issue) => ({ ...issue, path: `path parameter ${issue.path.slice(1)}` })),
      ...issuesOf(headers, read.headers).map((issue) => ({ ...issue, path: `header ${issue.path.slice(1)}` })),
      ...issuesOf(query, read.query).map((issue) => ({ ...issue, path: `?${issue.path.slice(1)}` })),
      ...(route.bodyIsOptional === true && read.body === undefined
        ? []
        : bodyIssues(branches === undefined ? body : branches(read.body), read.body)),
    ]
    if (issues.length > 0) throw invalidRequest(issues)
    return read
  }
}

/** The same for a body whose schema depends on the rest of the request. */
export function createReadBody<Body extends TSchema>(schema: Body): (body: unknown) => Static<Body> {
  const validated = part(schema)
  return (body) => {
    const issues = bodyIssues(validated, body)
    if (issues.length > 0) throw invalidRequest(issues)
    return body as Static<Body>
  }
}

interface Part {
  readonly schema?: TSchema
  /** Compiled on first use: compiling every route at once would be most of the server's start. */
  readonly validator: () => ConfigValidator
}

function part(schema: TSchema | undefined): Part | undefined {
  return schema === undefined ? undefined : { schema, validator: lazily(JSON.parse(JSON.stringify(schema))) }
}

function lazily(schema: JsonSchema): () => ConfigValidator {
  let validator: ConfigValidator | undefined
  return () => {
    validator ??= createConfigValidator(schema)
    return validator
  }
}

function convert(part: Part | undefined, value: unknown): unknown {
  // Fastify's query has no prototype, and a schema's conversion wants a plain object.
  return part?.schema === undefined ? value : Value.Convert(part.schema, { ...(value as object) })
}

function issuesOf(part: Part | undefined, value: unknown): ValidationIssue[] {
  return part === undefined ? [] : merged(part.validator().issues(value))
}

function bodyIssues(part: Part | undefined, body: unknown): ValidationIssue[] {
  if (part !== undefined && body === undefined) {
    return [{ path: '', keyword: 'required', message: 'a JSON body is required' }]
  }
  return issuesOf(part, body)
}

/**
 * Of a union whose objects differ by their `outcome`: the one that a body claims to be, as what is wrong with the others
 * tells nobody anything. Without a match, a schema of that property alone.
 */
function branchesOf(schema: TSchema | undefined): ((body: unknown) => Part | undefined) | undefined {
  const union = (schema as { readonly anyOf?: readonly OutcomeBranch[] } | undefined)?.anyOf
  if (union === undefined || !union.every((branch) => branch.properties?.outcome !== undefined)) return undefined
  const parts = new Map(union.map((branch) => [branch.properties?.outcome?.const, part(branch)]))
  const outcome = { enum: [...parts.keys()] }
  const unknown = {
    validator: lazily({ type: 'object', required: ['outcome'], properties: { outcome } } as JsonSchema),
  }
  return (body) => parts.get((body as { readonly outcome?: unknown } | null | undefined)?.outcome) ?? unknown
}

type OutcomeBranch = TSchema & { readonly properties?: { readonly outcome?: { readonly const?: unknown } } }

// A value that may be one of two types fails twice in the words of the schema, and once in a person's.
function merged(issues: readonly ValidationIssue[]): ValidationIssue[] {
  const byPlace = new Map<string, ValidationIssue>()
  for (const issue of issues.map(explained)) {
    const place = `${issue.path} ${issue.keyword === 'type' ? 'type' : issue.message}`
    const before = byPlace.get(place)
    const message = before === undefined ? issue.message : `${before.message} or ${String(issue.expected)}`
    byPlace.set(place, before?.message === issue.message ? before : { ...issue, message })
  }
  const found = [...byPlace.values()]
  // "must be null" means nothing beside what is wrong with the value that was meant.
  return found.filter(
    (issue) =>
      issue.message !== 'must be null' ||
      !found.some((other) => other !== issue && isAtOrBelow(other.path, issue.path)),
  )
}

function isAtOrBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`)
}

function explained(issue: ValidationIssue): ValidationIssue {
  const isKeyOfMap =
    issue.keyword === 'additionalProperties' && Array.isArray(issue.expected) && issue.expected.length === 0
  if (!isKeyOfMap || !/^\/(labels|annotations)\//.test(issue.path)) return issue
  const message =
    'is not a valid key; expected letters, digits, "-", "_" and "." (at most 63, beginning and ending with a letter or digit), optionally after a DNS prefix and "/"'
  return { ...issue, message }
}

function invalidRequest(issues: readonly ValidationIssue[]): HttpProblem {
  const text = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  return new HttpProblem({
    code: 'invalid_request',
    detail: text,
    issues: issues.map(({ path, message }) => ({ pointer: path, message })),
  })
}
