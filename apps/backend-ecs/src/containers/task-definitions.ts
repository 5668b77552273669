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
import type { ContainerChanges } from './container-changes.ts'

type FamilyDefinition = RegisterTaskDefinitionCommandInput & { family: string }

/** Task definitions, shared by all containers that ask for the same: the family is a hash of the content. */
export interface TaskDefinitions {
  /** Finds or registers it, and lets `use` write down who uses it before anybody could take it away again. */
  ensure<Result>(definition: FamilyDefinition, use: (arn: string) => Result): Promise<Result>
  /** Registers once more what somebody else has deregistered, for all containers that use it. Throws where ECS has forgotten it. */
  renew(arn: string): Promise<string>
  /** Deregisters it, unless a container uses it. Twice is once. */
  remove(arn: string): Promise<void>
}

type Deps = Pick<BackendDeps, 'aws' | 'instance' | 'store'> & { readonly changes: ContainerChanges }

export function createTaskDefinitions({ aws, instance, store, changes }: Deps): TaskDefinitions {
  const families = new AsyncLock()

  async function findActive(family: string): Promise<string | undefined> {
    try {
      const { taskDefinition, tags = [] } = await aws
        .ecs('read')
        .send(new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ['TAGS'] }))
      // Another backend's may be gone tomorrow.
      const isOwn = tags.some(({ key, value }) => key === TAG_BACKEND && value === instance)
      return isOwn && taskDefinition?.status === 'ACTIVE' ? taskDefinition.taskDefinitionArn : undefined
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

  /** As it was registered: ECS adds facts that it does not take back. */
  async function readDefinition(arn: string): Promise<FamilyDefinition> {
    const { taskDefinition = {} } = await aws
      .ecs('read')
      .send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }))
    const { family = familyOf(arn), containerDefinitions, cpu, memory, networkMode, volumes } = taskDefinition
    const { executionRoleArn, taskRoleArn, runtimePlatform, ephemeralStorage } = taskDefinition
    return {
      family,
      containerDefinitions,
      cpu,
      memory,
      networkMode,
      volumes,
      executionRoleArn,
      taskRoleArn,
      runtimePlatform,
      ephemeralStorage,
      requiresCompatibilities: ['FARGATE'],
    }
  }

  const usersOf = (family: string): ContainerRecord[] =>
    store.containers.list().filter(({ taskDefinitionArn }) => familyOf(taskDefinitionArn) === family)

  return {
    ensure: (definition, use) =>
      families.acquire(definition.family, async () => {
        const known = usersOf(definition.family)[0]?.taskDefinitionArn
        return use(known ?? (await findActive(definition.family)) ?? (await register(definition)))
      }),
    renew: (arn) => {
      const family = familyOf(arn)
      return families.acquire(family, async () => {
        const renewed = (await findActive(family)) ?? (await register(await readDefinition(arn)))
        for (const { id } of usersOf(family)) {
          changes.update(id, (current) => ({ ...current, taskDefinitionArn: renewed }))
        }
        return renewed
      })
    },
    remove: (arn) => {
      const family = familyOf(arn)
      return families.acquire(family, async () => {
        if (usersOf(family).length > 0) return
        await aws.ecs('write').send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }))
      })
    },
  }
}

/** `arn:…:task-definition/family:1`. */
const familyOf = (arn: string): string => arn.split('/').at(-1)?.split(':')[0] ?? ''
