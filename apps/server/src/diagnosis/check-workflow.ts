import type { WorkflowClient } from '../workflow/workflow-client.ts'
import { count, type Finding, ok, warning } from './check.ts'

/** Whether the workflow engine answers, and which it is. */
export async function checkEngine({ checkEngine, readEngine }: WorkflowClient): Promise<Finding> {
  await checkEngine()
  const engine = await readEngine()
  return engine === undefined
    ? warning('it answers; the rest only its admin API can tell', 'set workflow.admin_url')
    : ok(`Restate ${engine.version} answers`)
}

/** Whether work is held up in the engine. */
export async function checkInvocations({ readEngine }: WorkflowClient): Promise<Finding> {
  const engine = await readEngine()
  if (engine === undefined)
    return warning('only the admin API of the workflow engine can tell', 'set workflow.admin_url')
  const { paused, failing } = engine
  if (paused.length > 0) {
    return warning(
      `${count(paused.length, 'invocation')} paused after too many failures, e.g. of tenant ${paused[0]}`,
      'a running worker resumes them within a minute; if they come back, look into its log',
    )
  }
  if (failing.length === 0) return ok('none is failing or paused')
  const [first] = failing
  return warning(
    `${count(failing.length, 'invocation')} failing and tried again, e.g. of tenant ${first?.tenantId}: ${first?.failure}`,
    'see whether a worker is up and reaches this server (check `workers`); its log says more',
  )
}
