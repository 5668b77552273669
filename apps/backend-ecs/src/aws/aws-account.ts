import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { EC2Client } from '@aws-sdk/client-ec2'
import { ECRClient } from '@aws-sdk/client-ecr'
import { ECSClient } from '@aws-sdk/client-ecs'
import { EFSClient } from '@aws-sdk/client-efs'
import { ServiceDiscoveryClient } from '@aws-sdk/client-servicediscovery'
import { type AwsAccess, type AwsCall, type AwsClientConstructor, createAwsClients } from '@landlord/aws-config'
import { mapClientErrors, type SdkClient } from './map-client-errors.ts'

/**
 * The account that containers run in: clients of the SDK, made when they are first asked for and kept. What their
 * `send` rejects with is an `AwsCallError` that a Docker client can be shown, except an abort by the caller's signal.
 */
export interface AwsAccount {
  ecs(access: AwsAccess): ECSClient
  logs(access: AwsAccess): CloudWatchLogsClient
  efs(access: AwsAccess): EFSClient
  cloudMap(access: AwsAccess): ServiceDiscoveryClient
  ecr(access: AwsAccess): ECRClient
  ec2(access: AwsAccess): EC2Client
  /** Ends all connections, calls in flight included. */
  close(): void
}

interface AwsAccountSettings {
  readonly region: string
  /** Told of every call that ended, in the asynchronous context of whoever made it. */
  readonly observe?: (call: AwsCall) => void
}

/** Credentials come from the SDK's default chain, endpoints from `AWS_ENDPOINT_URL…`. Makes no call. */
export function openAwsAccount({ region, observe }: AwsAccountSettings): AwsAccount {
  const clients = createAwsClients(observe === undefined ? {} : { observe })
  const prepared = new WeakSet<object>()
  function get<Client extends SdkClient>(Client: AwsClientConstructor<Client>, service: string) {
    return (access: AwsAccess): Client => {
      const client = clients.get(Client, access, { region })
      if (!prepared.has(client)) mapClientErrors(client, service)
      prepared.add(client)
      return client
    }
  }
  return {
    ecs: get(ECSClient, 'ecs'),
    logs: get(CloudWatchLogsClient, 'logs'),
    efs: get(EFSClient, 'efs'),
    cloudMap: get(ServiceDiscoveryClient, 'cloud map'),
    ecr: get(ECRClient, 'ecr'),
    ec2: get(EC2Client, 'ec2'),
    close: () => clients.close(),
  }
}
