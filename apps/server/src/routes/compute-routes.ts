import type { LiveStatusResult, routes } from '@landlord/api-contract'
import { redactConfig, selectProvider } from '@landlord/compute-core'
import { HttpProblem } from '../http/http-problem.ts'
import type { Handlers } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { requireTenant } from '../tenants/find-tenant.ts'
import { WorkflowError } from '../workflow/workflow-error.ts'

type ComputeRoute = 'getComputeStatus' | 'listProviders' | 'getComputeConfig'

export function computeRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, ComputeRoute> {
  const { registry } = deps
  return {
    async getComputeStatus({ params, context }) {
      const tenant = await requireTenant(deps.store.db, params.tenant, context.actor)
      const result = await askWorker(deps, tenant.id)
      if (result.found) return { status: 200, body: result.status }
      throw noStatus(tenant.name, result)
    },
    async listProviders() {
      const providers = registry.list().map((name) => {
        const { specificationVersion, capabilities } = registry.describe(name)
        return { name, specification_version: specificationVersion, capabilities: { ...capabilities } }
      })
      const [only] = providers
      const byDefault = only !== undefined && providers.length === 1 ? { default_provider: only.name } : {}
      return { status: 200, body: { providers, ...byDefault } }
    },
    async getComputeConfig({ query }) {
      const name = chosen()
      const { configSchema, configDefaults } = registry.describe(name)
      return {
        status: 200,
        body: { provider: name, schema: configSchema, defaults: redactConfig(configSchema, configDefaults) },
      }

      function chosen(): string {
        try {
          return selectProvider(registry, { request: { compute_provider: query.provider } })
        } catch (error) {
          if (!(error instanceof Error)) throw error
          const issues = [{ pointer: '?provider', message: error.message }]
          throw new HttpProblem({ code: 'invalid_request', detail: error.message, issues })
        }
      }
    },
  }
}

async function askWorker(deps: ServerDeps, tenantId: string): Promise<LiveStatusResult> {
  try {
    return await deps.workflow.status(tenantId)
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error
    throw new HttpProblem({
      code: 'unavailable',
      detail: `the live status cannot be read: ${error.message}`,
      cause: error,
    })
  }
}

function noStatus(name: string, { error }: Extract<LiveStatusResult, { found: false }>): HttpProblem {
  return error.code === 'tenant_not_found'
    ? new HttpProblem({ code: 'not_found', detail: `tenant ${name} has no compute: ${error.message}` })
    : new HttpProblem({ code: 'unavailable', detail: `the provider could not tell (${error.code}): ${error.message}` })
}
