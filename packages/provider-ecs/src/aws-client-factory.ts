/** Reads may be repeated freely; a write that was lost on the way may have happened. */
export type AwsAccess = 'read' | 'write'

/** Whose credentials, where, at which endpoint. Equal targets share clients. */
export interface AwsCallTarget {
  readonly region: string
  readonly role?: {
    readonly roleArn: string
    readonly sessionName: string
    readonly externalId?: string
  }
  /** Absent: what the environment and the shared files say, else AWS's own, also for FIPS and dual stack. */
  readonly endpoint?: { readonly url: string }
}

export type AwsClientConstructor<Client> = new (configuration: { region: string; endpoint?: string }) => Client

/**
 * Where SDK clients come from: long-lived ones, the same object for equal targets, which the provider never destroys.
 * `createAwsClients` of `@landlord/aws-config` is one.
 */
export interface AwsClientFactory {
  get<Client extends object>(Client: AwsClientConstructor<Client>, access: AwsAccess, target: AwsCallTarget): Client
  /** Drops the credentials of a target, which AWS has called expired: the next client has new ones. Absent: it cannot. */
  forget?(target: AwsCallTarget): void
}
