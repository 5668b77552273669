import type { CreateServiceCommandInput, Service } from '@aws-sdk/client-ecs'

/** The service that ECS shows for an input, in the forms in which it reads back. */
export function echoService(input: CreateServiceCommandInput): Service {
  const { cluster, serviceName, serviceConnectConfiguration, capacityProviderStrategy, launchType, ...rest } = input
  const fargate =
    launchType === 'FARGATE' || capacityProviderStrategy?.some((item) => item.capacityProvider?.startsWith('FARGATE'))
  const connect = serviceConnectConfiguration
  return {
    ...rest,
    clusterArn: cluster,
    serviceName,
    serviceArn: `${cluster?.replace(':cluster/', ':service/')}/${serviceName}`,
    status: 'ACTIVE',
    ...(capacityProviderStrategy === undefined
      ? { launchType: launchType ?? 'EC2' }
      : { capacityProviderStrategy: [...capacityProviderStrategy].reverse() }),
    ...(fargate ? { platformVersion: input.platformVersion ?? 'LATEST' } : {}),
    ...(input.loadBalancers === undefined ? {} : { loadBalancers: [...input.loadBalancers].reverse() }),
    placementStrategy: (input.placementStrategy ?? []).map(({ type, field }) => ({
      ...(type === undefined ? {} : { type }),
      ...(field === undefined ? {} : { field: type === 'binpack' ? field.toUpperCase() : field }),
    })),
    propagateTags: input.propagateTags === 'NONE' ? undefined : input.propagateTags,
    tags: [...(input.tags ?? [])].reverse(),
    deployments: [
      {
        id: 'ecs-svc/1',
        status: 'PRIMARY',
        ...(connect === undefined
          ? {}
          : {
              serviceConnectConfiguration: {
                ...connect,
                namespace: connect.namespace ?? 'arn:aws:servicediscovery:us-east-1:000000000000:namespace/ns-1',
              },
            }),
      },
    ],
  }
}
