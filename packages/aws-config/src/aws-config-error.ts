const BRAND: unique symbol = Symbol.for('landlord.aws-config.error')

export type AwsConfigErrorCode =
  | 'invalid_arn'
  | 'invalid_region'
  | 'region_missing'
  | 'region_mismatch'
  | 'partition_mismatch'
  | 'invalid_endpoint'
  | 'invalid_assume_role'
  | 'closed'

/** A setting that cannot work, found before any call is made. The message says what was expected and how to fix it. */
export class AwsConfigError extends Error {
  readonly [BRAND] = true
  readonly code: AwsConfigErrorCode

  constructor({ code, message, cause }: { code: AwsConfigErrorCode; message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'AwsConfigError'
    this.code = code
  }

  /** Works across two installed copies of this package. */
  static isInstance(value: unknown): value is AwsConfigError {
    return value instanceof Error && BRAND in value
  }
}
