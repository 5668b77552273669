import {
  CreateServiceCommand,
  DeleteServiceCommand,
  ECSClient,
  type Service,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { UnavailableError } from '@landlord/compute-core'
import type { AwsCalls } from './aws-calls.ts'
import { isInvalidParameter } from './aws-error-facts.ts'
import type { CreateOutcome, DeleteOutcome, EcsApi, EcsCall, UpdateOutcome } from './ecs-api.ts'
import { refuseAmbiguousRetry } from './refuse-ambiguous-retry.ts'
import { subjectOf } from './service-reader.ts'
import type { ServiceTarget } from './service-target.ts'

type Writes = Pick<EcsApi, 'createService' | 'updateService' | 'deleteService' | 'tagService' | 'untagService'>

/** The texts are those of the real service: hashicorp/terraform-provider-aws#2283, spinnaker/spinnaker#5476. */
const NAME_TAKEN = /creation of service was not idempotent/i
const STILL_DRAINING = /still draining/i
const IN_USE = /scaled above 0|deployments are active/i

/** `touched` is told of a service before and after each write to it. */
export function createServiceWrites(calls: AwsCalls, touched: (target: ServiceTarget) => void): Writes {
  const write = (operation: string, target: ServiceTarget, call: EcsCall) => ({
    ...{ Client: ECSClient, operation, call, scope: target },
    access: 'write' as const,
    bucket: 'services_write' as const,
    subject: subjectOf(target),
  })

  async function touching<Answer>(target: ServiceTarget, work: () => Promise<Answer>): Promise<Answer> {
    touched(target)
    try {
      return await work()
    } finally {
      touched(target)
    }
  }

  return {
    /** Repeated by the SDK with the same token, and by ours. */
    createService: (target, input, call) =>
      touching(target, () =>
        calls.run<ECSClient, CreateOutcome>({
          ...write('CreateService', target, call),
          send: async (client, http) => {
            const { service } = await client.send(new CreateServiceCommand(input), http)
            return { kind: 'created', service: present(service, 'CreateService', target) }
          },
          expected: (facts) => {
            if (isInvalidParameter(facts, NAME_TAKEN)) return { kind: 'name_taken' }
            return isInvalidParameter(facts, STILL_DRAINING) ? { kind: 'draining' } : undefined
          },
        }),
      ),

    updateService: (target, input, call) =>
      touching(target, () =>
        calls.run<ECSClient, UpdateOutcome>({
          ...write('UpdateService', target, call),
          send: async (client, http) => {
            const command = new UpdateServiceCommand(input)
            if (input.forceNewDeployment === true) refuseAmbiguousRetry(command)
            const { service } = await client.send(command, http)
            return { kind: 'updated', service: present(service, 'UpdateService', target) }
          },
          expected: ({ name }) => {
            if (name === 'ServiceNotFoundException') return { kind: 'not_found' }
            return name === 'ServiceNotActiveException' ? { kind: 'not_active' } : undefined
          },
        }),
      ),

    deleteService: (target, { force }, call) =>
      touching(target, () =>
        calls.run<ECSClient, DeleteOutcome>({
          ...write('DeleteService', target, call),
          send: async (client, http) => {
            const input = { cluster: target.clusterArn, service: target.serviceName, force }
            const { service } = await client.send(new DeleteServiceCommand(input), http)
            return { kind: 'deleted', service: present(service, 'DeleteService', target) }
          },
          expected: (facts) => {
            if (facts.name === 'ServiceNotFoundException') return { kind: 'not_found' }
            return isInvalidParameter(facts, IN_USE) ? { kind: 'in_use', message: facts.message } : undefined
          },
        }),
      ),

    tagService: (target, resourceArn, tags, call) =>
      touching(target, async () => {
        if (tags.length === 0) return
        await calls.run({
          ...write('TagResource', target, call),
          bucket: 'tags',
          send: (client, http) => client.send(new TagResourceCommand({ resourceArn, tags: [...tags] }), http),
        })
      }),

    untagService: (target, resourceArn, keys, call) =>
      touching(target, async () => {
        if (keys.length === 0) return
        await calls.run({
          ...write('UntagResource', target, call),
          bucket: 'tags',
          send: (client, http) => client.send(new UntagResourceCommand({ resourceArn, tagKeys: [...keys] }), http),
        })
      }),
  }
}

function present(service: Service | undefined, operation: string, target: ServiceTarget): Service {
  if (service !== undefined) return service
  const message = `${operation} for ${subjectOf(target)} answered without a service; look at it before going on.`
  throw new UnavailableError({ message, details: { operation } })
}
