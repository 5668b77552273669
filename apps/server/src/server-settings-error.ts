/** The settings do not suffice for a server. */
export class ServerSettingsError extends Error {
  readonly code = 'invalid_server_settings'
  /** Dotted keys. */
  readonly keys: readonly string[]

  constructor({ keys, message }: { keys: readonly string[]; message: string }) {
    super(message)
    this.name = 'ServerSettingsError'
    this.keys = keys
  }
}
