import { type AwsErrorKind, classifyAwsError } from './classify-aws-error.ts'
import { type AwsResponseFacts, responseFacts } from './response-facts.ts'

/** One call as it ended, with what AWS support asks for. It carries neither input nor output. */
export type AwsCall = AwsResponseFacts & {
  /** `ECS`, `EC2`, `CloudWatch Logs`. */
  readonly service: string
  readonly operation: string
} & (
    | { readonly outcome: 'ok' }
    | { readonly outcome: 'failed'; readonly kind: AwsErrorKind; readonly errorName: string }
  )

/** Reads what the SDK's own logging middleware hands to a client's logger; undefined for anything else. */
export function toAwsCall(entry: unknown): AwsCall | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { clientName, commandName } = entry as { clientName?: unknown; commandName?: unknown }
  if (typeof clientName !== 'string' || typeof commandName !== 'string') return undefined
  const { metadata, error } = entry as { metadata?: unknown; error?: unknown }
  const call = {
    service: clientName.replace(/Client$/, ''),
    operation: commandName.replace(/Command$/, ''),
    ...responseFacts({ $metadata: metadata }),
  }
  if (error === undefined) return { ...call, outcome: 'ok' }
  const { kind, name } = classifyAwsError(error)
  return { ...call, outcome: 'failed', kind, errorName: name }
}
