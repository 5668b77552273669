import { fastifySwagger } from '@fastify/swagger'
import { fastifySwaggerUi } from '@fastify/swagger-ui'
import { Problem, type RouteDefinition, routes } from '@landlord/api-contract'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { toReferences } from './to-references.ts'

export const OPENAPI_PATH = '/v1/openapi.json'
export const DOCS_PATH = '/v1/docs'
export const SECURITY_SCHEME = 'token'

const BEARER = {
  type: 'http' as const,
  scheme: 'bearer',
  description:
    'An API token (`ll_…`) or a token of the configured OpenID Connect issuer. Each operation names the scope that it needs. A server without access control asks for none.',
}

// The page runs its own scripts and talks to its own server, and that is all it may do.
const DOCS_CSP = {
  'default-src': "'none'",
  'script-src': "'self'",
  // Swagger UI writes style attributes into its markup.
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'font-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
}

/** Serves the OpenAPI 3.1 document of every route that is registered later, and a page to browse it. */
export async function registerOpenapi(app: FastifyInstance): Promise<void> {
  const components = new Map<string, object>()
  const problem = toReferences(Problem, components)
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Landlord',
        description: 'Declare tenants; a durable worker makes them real through a compute provider.',
        version: '1',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { [SECURITY_SCHEME]: BEARER } },
      tags: [
        { name: 'tenants', description: 'Desired and observed state of each customer.' },
        { name: 'operations', description: 'What was done, and is being done.' },
        { name: 'events', description: 'The audit trail.' },
        { name: 'webhooks', description: 'Where events are posted, and what became of it.' },
        { name: 'drift', description: 'Where the live state differs from the desired one.' },
        { name: 'compute', description: 'Providers, their schemas, and live status.' },
        { name: 'access', description: 'API tokens.' },
        { name: 'system', description: 'Liveness and readiness.' },
      ],
    },
    transform: ({ schema, url }) => ({ url, schema: withProblem(schema, components, problem) }),
  })
  await app.register(fastifySwaggerUi, {
    routePrefix: DOCS_PATH,
    staticCSP: DOCS_CSP,
    theme: { title: 'Landlord API' },
    // Without the bar that shows the framework's logo and asks for the address of another document.
    uiConfig: { validatorUrl: null, deepLinking: true, docExpansion: 'list', layout: 'BaseLayout' },
  })
  app.get(OPENAPI_PATH, async (_request, reply) => reply.type('application/json').send(document()))

  function document(): object {
    // Making the document fills in the components.
    const made = app.swagger()
    const schemas = Object.fromEntries([...components].sort(([left], [right]) => (left < right ? -1 : 1)))
    markOptionalBodies(made)
    return { ...made, components: { securitySchemes: { [SECURITY_SCHEME]: BEARER }, schemas } }
  }
}

interface DocumentedPaths {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { requestBody?: { required?: boolean } }>>>>
}

// The plugin calls every body required.
function markOptionalBodies(made: object): void {
  const { paths } = made as DocumentedPaths
  for (const { path, method, bodyIsOptional } of Object.values<RouteDefinition>(routes)) {
    const body = paths?.[path]?.[method.toLowerCase()]?.requestBody
    if (bodyIsOptional === true && body !== undefined) body.required = false
  }
}

type DocumentedSchema = FastifySchema & { readonly hide?: boolean }

function withProblem(
  schema: DocumentedSchema | undefined,
  components: Map<string, object>,
  problem: object,
): FastifySchema {
  // Without a schema it is not part of the contract: metrics, and the document itself.
  if (schema === undefined || schema.hide === true) return { hide: true } as FastifySchema
  const { response, ...parts } = toReferences(schema, components) as DocumentedSchema
  return {
    ...parts,
    response: {
      ...(response as object),
      default: {
        description: 'What went wrong, as a problem document (RFC 9457).',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  }
}
