import type { Logger } from '@smithy/types'
import { type AwsCall, toAwsCall } from './aws-call.ts'
import type { AwsLogger } from './aws-logger.ts'
import { redactText } from './redact-text.ts'

/**
 * The logger an SDK client gets. The SDK logs every call with its whole input and output, which hold secrets of
 * tenants: those become an `AwsCall` with neither, and texts pass through redaction.
 */
export function toSdkLogger({ logger, observe }: { logger: AwsLogger; observe?: (call: AwsCall) => void }): Logger {
  const onEntry = (entry: unknown): void => {
    const call = toAwsCall(entry)
    if (call !== undefined) observe?.(call)
  }
  return {
    trace: () => {},
    debug: (...content) => logger.debug(toLine(content)),
    info: onEntry,
    warn: (...content) => logger.warn(toLine(content)),
    error: onEntry,
  }
}

function toLine(content: readonly unknown[]): string {
  return redactText(content.filter((part) => typeof part === 'string').join(' '))
}
