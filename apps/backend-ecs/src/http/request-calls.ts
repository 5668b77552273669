import { AsyncLocalStorage } from 'node:async_hooks'
import type { AwsCall } from '@landlord/aws-config'

/** More are counted, not named: a log line stays a line. */
const MAX_NAMED_CALLS = 10

/** The AWS calls made on behalf of one request, for its line in the log. */
export interface RequestCalls {
  count: number
  readonly requestIds: string[]
}

const current = new AsyncLocalStorage<RequestCalls>()

/** Runs a request's work; calls made meanwhile are its own. */
export function collectCalls<Result>(calls: RequestCalls, work: () => Result): Result {
  return current.run(calls, work)
}

export const noCalls = (): RequestCalls => ({ count: 0, requestIds: [] })

/** For `observe` of the AWS clients. */
export function noteCall(call: AwsCall): void {
  const calls = current.getStore()
  if (calls === undefined) return
  calls.count += 1
  if (call.requestId !== undefined && calls.requestIds.length < MAX_NAMED_CALLS) calls.requestIds.push(call.requestId)
}
