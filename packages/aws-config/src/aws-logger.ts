/** What is written to, never with a secret in it. Any structured logger fits. */
export interface AwsLogger {
  debug(message: string): void
  warn(message: string): void
}

export const SILENT_LOGGER: AwsLogger = { debug: () => {}, warn: () => {} }
