import type { DiagnosisCheck } from '@landlord/api-contract'
import type { WorkflowClient } from '../workflow/workflow-client.ts'
import { failed } from './check.ts'

/** Each provider, as a worker reaches its target: one check each. */
export async function checkProviders(
  workflow: WorkflowClient,
  configured: readonly string[],
): Promise<DiagnosisCheck[]> {
  try {
    const { providers } = await workflow.checkUp()
    const known = new Set(providers.map(({ name }) => name))
    const missing = configured.filter((name) => !known.has(nameOf(name)))
    return [...providers, ...missing.map(notOnWorker)]
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const finding = failed(
      `no worker could look at the targets: ${why}`,
      'see the checks `workflow engine` and `workers`',
    )
    return [{ name: 'providers', ...finding }]
  }
}

const nameOf = (provider: string): string => `provider ${provider}`

function notOnWorker(provider: string): DiagnosisCheck {
  return {
    name: nameOf(provider),
    ...failed('the server has it, the worker that answered has not', 'give server and worker the same compute block'),
  }
}
