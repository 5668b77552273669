import type { Logger } from '@landlord/compute-core'

export interface RecordingLogger extends Logger {
  /** Everything that was logged, as text. */
  text(): string
}

export function recordingLogger(): RecordingLogger {
  const lines: string[] = []
  const record = (fields: object, message?: string): void => {
    lines.push(`${message ?? ''} ${toText(fields)}`)
  }
  return { debug: record, info: record, warn: record, error: record, text: () => lines.join('\n') }
}

// As a structured logger would write it: an error among the fields shows its message and stack.
function toText(fields: object): string {
  return JSON.stringify(fields, (_key, value: unknown) =>
    value instanceof Error ? { ...value, name: value.name, message: value.message, stack: value.stack } : value,
  )
}
