const BRAND: unique symbol = Symbol.for('landlord.aws-config.credentials-error')

/**
 * Credentials could not be had. `cause` is the SDK's error, which `classifyAwsError` looks at, so that a refused
 * AssumeRole is `access_denied` and says which role, instead of looking like a refused call of the service.
 */
export class AwsCredentialsError extends Error {
  readonly [BRAND] = true
  readonly roleArn: string | undefined

  constructor({ message, roleArn, cause }: { message: string; roleArn?: string; cause: unknown }) {
    super(message, { cause })
    this.name = 'AwsCredentialsError'
    this.roleArn = roleArn
  }

  /** Works across two installed copies of this package. */
  static isInstance(value: unknown): value is AwsCredentialsError {
    return value instanceof Error && BRAND in value
  }
}
