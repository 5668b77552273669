/** The `compute:` block of the settings cannot be used. `key` names the provider's block. */
export class ComputeSettingsError extends Error {
  readonly code = 'invalid_compute_settings'
  readonly key: string

  constructor(options: { key: string; message: string; cause?: unknown }) {
    super(
      `compute.${options.key}: ${options.message}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = 'ComputeSettingsError'
    this.key = options.key
  }
}
