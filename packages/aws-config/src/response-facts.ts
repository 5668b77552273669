/** What the SDK knows about an answer; each is absent where no answer came. */
export interface AwsResponseFacts {
  readonly requestId?: string
  readonly httpStatus?: number
  readonly attempts?: number
  /** Time spent waiting between attempts, in milliseconds. */
  readonly retryDelayMs?: number
}

/** Reads `$metadata` of an output or of an error. */
export function responseFacts(outputOrError: unknown): AwsResponseFacts {
  const metadata = (outputOrError as { $metadata?: Record<string, unknown> } | null | undefined)?.$metadata ?? {}
  const { requestId, httpStatusCode, attempts, totalRetryDelay } = metadata
  return {
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(typeof httpStatusCode === 'number' ? { httpStatus: httpStatusCode } : {}),
    ...(typeof attempts === 'number' ? { attempts } : {}),
    ...(typeof totalRetryDelay === 'number' ? { retryDelayMs: totalRetryDelay } : {}),
  }
}
