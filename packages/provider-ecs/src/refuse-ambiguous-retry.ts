import type { FinalizeHandler, FinalizeHandlerOutput, MiddlewareStack } from '@smithy/types'

/**
 * The SDK repeats what it cannot know to have failed. Forcing a deployment twice makes two of them, so for that the
 * outcome has to be looked up first; a refusal (throttling) is still repeated. The middleware sits inside the SDK's retry and
 * hides such an error from it: its classification follows `name`, `code`, `$metadata` and `cause`, but not `hidden`.
 */
export function refuseAmbiguousRetry<Input extends object, Output extends object>(command: {
  readonly middlewareStack: MiddlewareStack<Input, Output>
}): void {
  command.middlewareStack.add(
    (next: FinalizeHandler<Input, Output>) =>
      async (input): Promise<FinalizeHandlerOutput<Output>> => {
        try {
          return await next(input)
        } catch (error) {
          if (wasRefused(error)) throw error
          throw new HiddenError(error)
        }
      },
    { step: 'finalizeRequest', priority: 'low', name: 'refuseAmbiguousRetry', override: true },
  )
}

/** The error that was hidden from the SDK's retry, or the error itself. */
export function revealError(error: unknown): unknown {
  return error instanceof HiddenError ? error.hidden : error
}

class HiddenError extends Error {
  readonly hidden: unknown

  constructor(hidden: unknown) {
    super('The outcome of the call is not known.')
    this.name = 'HiddenError'
    this.hidden = hidden
  }
}

/** An answer with a status below 500 is certain: nothing was done. */
function wasRefused(error: unknown): boolean {
  const status = (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode
  return status !== undefined && status >= 400 && status < 500
}
