export interface NamespaceRecord {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly type: 'DNS_PRIVATE' | 'HTTP'
  readonly createdAt: number
}

/** A service of Cloud Map; its instances are those registered through the API, and the running tasks of the ECS services that name it. */
export interface DiscoveryServiceRecord {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly namespaceId: string
  readonly createdAt: number
  readonly type: 'DNS_HTTP' | 'DNS' | 'HTTP'
  readonly dnsRecords: readonly { readonly type: string; readonly ttlSeconds: number }[]
  readonly routingPolicy: string
  readonly hasCustomHealthCheck: boolean
}

export interface DiscoveryOperationRecord {
  readonly id: string
  readonly type: 'CREATE_NAMESPACE' | 'DELETE_NAMESPACE' | 'REGISTER_INSTANCE' | 'DEREGISTER_INSTANCE'
  readonly targets: Readonly<Record<string, string>>
  readonly at: number
}
