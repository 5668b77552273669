import { ThrottledError } from '@landlord/compute-core'
import type { AwsAccess, AwsCallTarget, AwsClientConstructor, AwsClientFactory } from './aws-client-factory.ts'
import { type AwsErrorFacts, awsErrorFacts, isExpired, isThrottled } from './aws-error-facts.ts'
import type { ClusterScope, EcsCall } from './ecs-api.ts'
import { abortedError, type EcsErrorContext, mapEcsError } from './map-ecs-error.ts'
import { createRequestLimiter, type RequestLimiter } from './request-limiter.ts'
import { type RequestBucket, type RequestRateOverrides, shareOfRate } from './request-rates.ts'
import { untilAborted } from './until-aborted.ts'

/** Where a call goes: whose account and Region, with which role. */
export type CallScope = Pick<ClusterScope, 'accountId' | 'region' | 'role'>

export interface AwsRequest<Client extends object, Answer> {
  readonly Client: AwsClientConstructor<Client>
  readonly access: AwsAccess
  readonly bucket: RequestBucket
  readonly scope: CallScope
  /** AWS's name of the call, and what IAM calls the permission where that is not `ecs:<operation>`. */
  readonly operation: string
  readonly permission?: string
  /** In a person's words. */
  readonly subject: string
  readonly call: EcsCall
  /** The turn for the first attempt was waited for already. */
  readonly hasTurn?: boolean
  readonly send: (client: Client, options: { readonly abortSignal: AbortSignal }) => Promise<Answer>
  /** What a refusal means, where it is one of the answers that are reckoned with. */
  readonly expected?: (facts: AwsErrorFacts) => Answer | undefined
}

/** The one door to AWS: every call waits for its turn, is logged, and fails with a `ComputeError`. */
export interface AwsCalls {
  run<Client extends object, Answer>(request: AwsRequest<Client, Answer>): Promise<Answer>
  limiter(scope: CallScope, bucket: RequestBucket): RequestLimiter
}

export interface AwsCallsOptions {
  readonly clients: AwsClientFactory
  readonly endpointUrl?: string
  readonly rateShare: number
  readonly rateOverrides: RequestRateOverrides
  /** How long one call may be refused for its rate before it fails, in milliseconds. */
  readonly patienceMs: number
}

export function createAwsCalls(options: AwsCallsOptions): AwsCalls {
  const limiters = new Map<string, RequestLimiter>()

  function limiter({ accountId, region }: CallScope, bucket: RequestBucket): RequestLimiter {
    const key = `${accountId} ${region} ${bucket}`
    const known = limiters.get(key)
    if (known !== undefined) return known
    const { rateShare: share, rateOverrides: overrides } = options
    const created = createRequestLimiter(shareOfRate(bucket, { share, overrides }))
    limiters.set(key, created)
    return created
  }

  async function attempt<Client extends object, Answer>(request: AwsRequest<Client, Answer>): Promise<Answer> {
    const { Client, access, scope, operation, call } = request
    const startedAt = performance.now()
    const client = options.clients.get(Client, access, toCallTarget(scope, options.endpointUrl))
    const answer = await untilAborted(request.send(client, { abortSignal: call.signal }), call.signal)
    call.logger.debug({ operation, ...duration(startedAt), ...requestId(answer) }, 'AWS call')
    return answer
  }

  return {
    limiter,
    async run(request) {
      const { call, expected } = request
      const context = toContext(request)
      const limits = limiter(request.scope, request.bucket)
      let throttledSince: number | undefined
      let isRenewed = false
      for (let hasTurn = request.hasTurn === true; ; hasTurn = false) {
        if (!hasTurn) await takeTurn(limits, context, call)
        try {
          const answer = await attempt(request)
          limits.passed()
          return answer
        } catch (error) {
          const facts = awsErrorFacts(error)
          const answer = call.signal.aborted ? undefined : expected?.(facts)
          if (answer !== undefined) return answer
          if (!call.signal.aborted && !isRenewed && isExpired(facts) && options.clients.forget !== undefined) {
            // Once: credentials that are new and expired all the same are somebody's mistake.
            options.clients.forget(toCallTarget(request.scope, options.endpointUrl))
            isRenewed = true
            continue
          }
          if (call.signal.aborted || !isThrottled(facts)) throw mapEcsError(error, context)
          limits.throttled()
          throttledSince ??= performance.now()
          call.logger.debug({ operation: request.operation, requestId: facts.requestId }, 'AWS call throttled')
          if (performance.now() - throttledSince < options.patienceMs) continue
          const { message, details, cause } = mapEcsError(error, context)
          throw new ThrottledError({ message, details, cause, retryAfterMs: limits.waitMs() })
        }
      }
    },
  }
}

async function takeTurn(limiter: RequestLimiter, context: EcsErrorContext, call: EcsCall): Promise<void> {
  try {
    if (call.signal.aborted) throw call.signal.reason
    await limiter.turn(call.priority, call.signal)
  } catch {
    throw abortedError(call.signal, context)
  }
}

/** Names the credentials, so that callers with equal ones may share a call. Sessions of one role are alike. */
export function identityOf({ accountId, region, role }: CallScope): string {
  return JSON.stringify([accountId, region, role?.role_arn, role?.external_id])
}

function toContext<Client extends object, Answer>(request: AwsRequest<Client, Answer>): EcsErrorContext {
  const { operation, subject, permission = `ecs:${operation}`, call, scope } = request
  const secret = scope.role?.external_id
  return { operation, subject, permission, signal: call.signal, ...(secret === undefined ? {} : { secrets: [secret] }) }
}

function toCallTarget({ region, role }: CallScope, endpointUrl: string | undefined): AwsCallTarget {
  return {
    region,
    ...(role === undefined
      ? {}
      : {
          role: {
            roleArn: role.role_arn,
            sessionName: role.session_name,
            ...(role.external_id === undefined ? {} : { externalId: role.external_id }),
          },
        }),
    ...(endpointUrl === undefined ? {} : { endpoint: { url: endpointUrl } }),
  }
}

const duration = (startedAt: number): object => ({ durationMs: Math.round(performance.now() - startedAt) })

function requestId(answer: unknown): object {
  const metadata = (answer as { $metadata?: { requestId?: string; attempts?: number } } | null)?.$metadata
  return metadata === undefined ? {} : { requestId: metadata.requestId, attempts: metadata.attempts }
}
