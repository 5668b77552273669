import type { NodeHttpHandler } from '@smithy/node-http-handler'
import type { AwsCredentialIdentityProvider, Logger } from '@smithy/types'
import type { AssumeRoleSettings } from './assume-role.ts'
import type { EndpointSettings } from './resolve-endpoint.ts'

/** The configuration that every client of SDK v3 takes. */
export interface AwsClientConfig {
  readonly region: string
  readonly credentials: AwsCredentialIdentityProvider
  readonly requestHandler: NodeHttpHandler
  readonly retryMode: 'adaptive'
  readonly maxAttempts: number
  readonly logger: Logger
  readonly endpoint?: string
  readonly useFipsEndpoint?: boolean
  readonly useDualstackEndpoint?: boolean
}

/** The constructor of any client of SDK v3: `ECSClient`, `EC2Client`, `CloudWatchLogsClient`. */
export type AwsClientConstructor<Client extends object> = new (config: AwsClientConfig) => Client

/** Whom calls are made as. */
export interface AwsIdentity {
  readonly region: string
  /** Absent: the base credentials themselves. */
  readonly role?: AssumeRoleSettings
}

/** Where and as whom a client calls. `endpoint` is that of the client's own service; STS has its own setting. */
export interface AwsTarget extends AwsIdentity {
  readonly endpoint?: EndpointSettings
}
