import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs'
import AsyncLock from 'async-lock'
import { TAG_BACKEND } from '../aws/ownership-tags.ts'
import type { BackendDeps } from '../backend-deps.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'
import type { ContainerRecord } from '../store/records.ts'

export type FamilyDefinition = RegisterTaskDefinitionCommandInput & { family: string }

/** Task definitions, shared by all containers that ask for the same: the family is a hash of the content. */
export interface TaskDefinitions {
  /** Finds or registers it, and lets `use` write down who uses it before anybody could take it away again. */
  ensure<Result>(definition: FamilyDefinition, use: (arn: string) => Result): Promise<Result>
  /** Deregisters it unless another container uses it. Twice is once. */
  release(record: ContainerRecord): Promise<void>
}

export function createTaskDefinitions({
  aws,
  instance,
  store,
}: Pick<BackendDeps, 'aws' | 'instance' | 'store'>): TaskDefinitions {
  const families = new AsyncLock()

  async function findActive(family: string): Promise<string | undefined> {
    try {
      const { taskDefinition } = await aws
        .ecs('read')
        .send(new DescribeTaskDefinitionCommand({ taskDefinition: family }))
      return taskDefinition?.status === 'ACTIVE' ? taskDefinition.taskDefinitionArn : undefined
    } catch (error) {
      // ECS says so of a family that it does not know, or that has no active revision.
      if (error instanceof AwsCallError && error.facts.name === 'ClientException') return undefined
      throw error
    }
  }

  async function register(definition: FamilyDefinition): Promise<string> {
    const tags = [{ key: TAG_BACKEND, value: instance }]
    const { taskDefinition } = await aws.ecs('write').send(new RegisterTaskDefinitionCommand({ ...definition, tags }))
    return taskDefinition?.taskDefinitionArn ?? definition.family
  }

  const usersOf = (family: string): ContainerRecord[] =>
    store.containers.list().filter(({ taskDefinitionArn }) => familyOf(taskDefinitionArn) === family)

  return {
    ensure: (definition, use) =>
      families.acquire(definition.family, async () => {
        const known = usersOf(definition.family)[0]?.taskDefinitionArn
        return use(known ?? (await findActive(definition.family)) ?? (await register(definition)))
      }),
    release: ({ id, taskDefinitionArn }) => {
      const family = familyOf(taskDefinitionArn)
      return families.acquire(family, async () => {
        if (usersOf(family).some((other) => other.id !== id)) return
        await aws.ecs('write').send(new DeregisterTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }))
        // From here on nobody finds it through this container.
        store.containers.update(id, (record) => ({ ...record, taskDefinitionArn: '' }))
      })
    },
  }
}

/** `arn:…:task-definition/family:1`. */
const familyOf = (arn: string): string => arn.split('/').at(-1)?.split(':')[0] ?? ''
