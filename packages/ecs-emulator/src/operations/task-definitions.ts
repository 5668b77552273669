import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs'
import { clientException, invalidParameter } from '../ecs-error.ts'
import { findTaskDefinition, newestRevision } from '../find-records.ts'
import { ecsArn, lastSegment } from '../identifiers.ts'
import { paginate } from '../paginate.ts'
import type { Simulation } from '../simulation.ts'
import { checkFargateSize, taskSizeOf } from '../task-size.ts'
import { checkTags, checkTaskDefinition } from '../validation-rules.ts'
import { toTaskDefinition } from '../views/to-task-definition.ts'
import type { TaskDefinitionRecord } from '../world.ts'

export function registerTaskDefinition(
  input: RegisterTaskDefinitionRequest,
  simulation: Simulation,
): RegisterTaskDefinitionResponse {
  const { world, account } = simulation
  checkTaskDefinition(input)
  checkTags(input.tags)
  const family = input.family ?? ''
  const revision = newestRevision(world, family) + 1
  const arn = ecsArn(account, `task-definition/${family}:${revision}`)
  const { tags = [], ...given } = input
  const size = taskSizeOf(given)
  if (given.requiresCompatibilities?.includes('FARGATE')) checkFargateSize(size.cpu ?? '', size.memory ?? '')
  const record: TaskDefinitionRecord = {
    arn,
    family,
    revision,
    status: 'ACTIVE',
    registeredAt: simulation.now(),
    definition: { ...given, ...size },
  }
  // Also for a family named __proto__.
  world.revisions = { ...world.revisions, [family]: revision }
  world.taskDefinitions[arn] = record
  world.tags[arn] = tags
  return { taskDefinition: toTaskDefinition(simulation, record), ...(tags.length === 0 ? {} : { tags }) }
}

export function describeTaskDefinition(
  input: DescribeTaskDefinitionRequest,
  simulation: Simulation,
): DescribeTaskDefinitionResponse {
  const record = existing(simulation, input.taskDefinition)
  const tags = input.include?.includes('TAGS') ? { tags: simulation.world.tags[record.arn] ?? [] } : {}
  return { taskDefinition: toTaskDefinition(simulation, record), ...tags }
}

/** Services and tasks that use it go on (documented). */
export function deregisterTaskDefinition(
  input: DeregisterTaskDefinitionRequest,
  simulation: Simulation,
): DeregisterTaskDefinitionResponse {
  requireRevision(input.taskDefinition)
  const record = existing(simulation, input.taskDefinition)
  if (record.status === 'ACTIVE') Object.assign(record, { status: 'INACTIVE', deregisteredAt: simulation.now() })
  return { taskDefinition: toTaskDefinition(simulation, record) }
}

export function deleteTaskDefinitions(
  input: DeleteTaskDefinitionsRequest,
  simulation: Simulation,
): DeleteTaskDefinitionsResponse {
  const asked = input.taskDefinitions ?? []
  if (asked.length < 1 || asked.length > 10) throw invalidParameter('Between 1 and 10 task definitions can be given.')
  const response = { taskDefinitions: [], failures: [] } as Required<DeleteTaskDefinitionsResponse>
  for (const reference of asked) {
    requireRevision(reference)
    const record = findTaskDefinition(simulation, reference)
    if (record === undefined) response.failures?.push({ arn: reference, reason: 'MISSING' })
    else if (record.status === 'ACTIVE') {
      const detail =
        'The specified task definition is still in ACTIVE status. Please deregister the target and try again.'
      response.failures?.push({ arn: record.arn, reason: 'INVALID_STATUS', detail })
    } else {
      record.status = 'DELETE_IN_PROGRESS'
      response.taskDefinitions?.push(toTaskDefinition(simulation, record))
    }
  }
  return response
}

export function listTaskDefinitions(
  input: ListTaskDefinitionsRequest,
  { world }: Simulation,
): ListTaskDefinitionsResponse {
  const status = input.status ?? 'ACTIVE'
  const found = Object.values(world.taskDefinitions).filter(
    (record) => record.status === status && (input.familyPrefix === undefined || record.family === input.familyPrefix),
  )
  // Descending order turns the numbers round, so that pages stay stable while revisions are added.
  const order = ({ family, revision }: TaskDefinitionRecord): string =>
    `${family}:${String(input.sort === 'DESC' ? 1e9 - revision : revision).padStart(10, '0')}`
  const { items, ...next } = paginate(found, order, input, { defaultSize: 100, maxSize: 100 })
  return { taskDefinitionArns: items.map(({ arn }) => arn), ...next }
}

export function listTaskDefinitionFamilies(
  input: ListTaskDefinitionFamiliesRequest,
  { world }: Simulation,
): ListTaskDefinitionFamiliesResponse {
  const status = input.status ?? 'ACTIVE'
  const prefix = input.familyPrefix ?? ''
  const active = new Set(
    Object.values(world.taskDefinitions)
      .filter((record) => record.status === 'ACTIVE')
      .map(({ family }) => family),
  )
  const families = Object.keys(world.revisions).filter(
    (family) => family.startsWith(prefix) && (status === 'ALL' || active.has(family) === (status === 'ACTIVE')),
  )
  const { items, ...next } = paginate(families, (family) => family, input, { defaultSize: 100, maxSize: 100 })
  return { families: items, ...next }
}

/** What takes a revision away never takes the newest of a family (documented; the text is invented). */
function requireRevision(reference = ''): void {
  if (lastSegment(reference).includes(':')) return
  throw clientException(`A revision must be given, as in ${reference}:1.`)
}

function existing(simulation: Simulation, reference: string | undefined): TaskDefinitionRecord {
  const record = findTaskDefinition(simulation, reference ?? '')
  if (record === undefined) throw clientException('Unable to describe task definition.')
  return record
}
