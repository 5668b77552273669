import {
  CreatePrivateDnsNamespaceCommand,
  DeleteNamespaceCommand,
  GetOperationCommand,
  ListTagsForResourceCommand,
  paginateListNamespaces,
} from '@aws-sdk/client-servicediscovery'
import pRetry from 'p-retry'
import { TAG_BACKEND, TAG_NETWORK_ID } from '../aws/ownership-tags.ts'
import type { BackendDeps } from '../backend-deps.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'
import { DockerError } from '../errors/docker-error.ts'
import type { NetworkRecord } from '../store/records.ts'

type Deps = Pick<BackendDeps, 'aws' | 'instance'>

/** Route 53 makes a hosted zone meanwhile: up to a minute. */
const OPERATION_RETRIES = { minTimeout: 250, factor: 1.5, maxTimeout: 3_000, retries: 60, maxRetryTime: 150_000 }

export interface Namespace {
  readonly id: string
  readonly domain: string
}

/**
 * Finds or makes the private DNS namespace of a network. Its name is the network's own, so that `web.net1` resolves; where
 * somebody else in the VPC has that, the id is in it. Twice is once.
 */
export async function ensureNamespace(
  deps: Deps,
  network: NetworkRecord,
  vpc: string,
  signal: AbortSignal,
): Promise<Namespace> {
  const domains = domainsOf(network)
  for (const domain of domains) {
    const id = (await create(deps, network, domain, vpc, signal)) ?? (await findOwn(deps, network, domain))
    if (id !== undefined) return { id, domain }
  }
  throw new DockerError({
    status: 409,
    message: `the names ${domains.join(' and ')} are taken in Cloud Map; choose another name`,
  })
}

/** One that was made, but that nobody could write down any more. */
export async function findNamespace(deps: Deps, network: NetworkRecord): Promise<string | undefined> {
  for (const domain of domainsOf(network)) {
    const found = await findOwn(deps, network, domain)
    if (found !== undefined) return found
  }
  return undefined
}

/** The first one that is free is taken. */
function domainsOf({ id, name }: NetworkRecord): string[] {
  const label = toLabel(name)
  return [label, `${label.slice(0, 50)}-${id.slice(0, 6)}`]
}

/** A label of DNS. */
const toLabel = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60) || 'network'

/** Undefined: the name is taken. */
async function create(
  { aws, instance }: Deps,
  { id }: NetworkRecord,
  domain: string,
  vpc: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { OperationId = '' } = await aws.cloudMap('write').send(
      new CreatePrivateDnsNamespaceCommand({
        Name: domain,
        Vpc: vpc,
        CreatorRequestId: `${id.slice(0, 40)}-${domain.length}`,
        Tags: [
          { Key: TAG_BACKEND, Value: instance },
          { Key: TAG_NETWORK_ID, Value: id },
        ],
      }),
    )
    return (await untilDone({ aws }, OperationId, signal)).NAMESPACE
  } catch (error) {
    if (error instanceof AwsCallError && /^NamespaceAlreadyExists$|^ConflictingDomainExists$/.test(error.facts.name))
      return undefined
    throw error
  }
}

/** Made by a process that died before it could write so down. */
async function findOwn({ aws }: Deps, { id }: NetworkRecord, domain: string): Promise<string | undefined> {
  const client = aws.cloudMap('read')
  const Filters = [
    { Name: 'TYPE' as const, Values: ['DNS_PRIVATE'] },
    { Name: 'NAME' as const, Values: [domain] },
  ]
  for await (const { Namespaces = [] } of paginateListNamespaces({ client }, { Filters })) {
    for (const { Id, Arn } of Namespaces) {
      const { Tags = [] } = await client.send(new ListTagsForResourceCommand({ ResourceARN: Arn }))
      if (Tags.some(({ Key, Value }) => Key === TAG_NETWORK_ID && Value === id)) return Id
    }
  }
  return undefined
}

/** `clear` takes away what is in it, as often as that takes. Twice is once. */
export async function deleteNamespace(
  deps: Pick<BackendDeps, 'aws'>,
  id: string,
  clear: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { OperationId = '' } = await pRetry(
      async () => {
        await clear()
        return await deps.aws.cloudMap('write').send(new DeleteNamespaceCommand({ Id: id }))
      },
      {
        ...OPERATION_RETRIES,
        signal,
        // Services that were just deleted may still count.
        shouldRetry: ({ error }) => error instanceof AwsCallError && error.facts.name === 'ResourceInUse',
      },
    )
    await untilDone(deps, OperationId, signal)
  } catch (error) {
    if (!(error instanceof AwsCallError && error.facts.name === 'NamespaceNotFound')) throw error
  }
}

/** Cloud Map's own long operations. Resolves with their targets. */
async function untilDone(
  { aws }: Pick<BackendDeps, 'aws'>,
  OperationId: string,
  signal: AbortSignal,
): Promise<Partial<Record<string, string>>> {
  return await pRetry(
    async () => {
      const { Operation } = await aws.cloudMap('read').send(new GetOperationCommand({ OperationId }))
      if (Operation?.Status === 'SUCCESS') return Operation.Targets ?? {}
      const reason = `cloud map: ${Operation?.ErrorCode ?? ''} ${Operation?.ErrorMessage ?? 'the operation is not done'}`
      throw new DockerError({ status: Operation?.Status === 'FAIL' ? 500 : 504, message: reason })
    },
    { ...OPERATION_RETRIES, signal, shouldRetry: ({ error }) => error instanceof DockerError && error.status === 504 },
  )
}
