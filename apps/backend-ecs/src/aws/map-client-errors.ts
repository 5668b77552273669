import type { InitializeMiddleware, MiddlewareStack } from '@smithy/types'
import { AwsCallError } from '../errors/aws-call-error.ts'

/** The part of every client of SDK v3 that its middleware goes into. */
export interface SdkClient {
  // biome-ignore lint/suspicious/noExplicitAny: each client has its own inputs and outputs, and none matters here.
  readonly middlewareStack: Pick<MiddlewareStack<any, any>, 'add'>
}

/** From now on `send` rejects with `AwsCallError`: outermost, so that it sees what is left after all attempts. */
export function mapClientErrors(client: SdkClient, service: string): void {
  const middleware: InitializeMiddleware<object, object> = (next, context) => async (input) => {
    try {
      return await next(input)
    } catch (cause) {
      // The caller's own doing.
      if (cause instanceof Error && cause.name === 'AbortError') throw cause
      throw new AwsCallError({ service, operation: inWords(String(context.commandName)), cause })
    }
  }
  client.middlewareStack.add(middleware, { step: 'initialize', priority: 'high', name: 'mapToAwsCallError' })
}

/** `DescribeTasksCommand` as `describe tasks`. */
const inWords = (command: string): string =>
  command
    .replace(/Command$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
