import { DescribeServicesCommand, ECSClient, ListServicesCommand, type Service } from '@aws-sdk/client-ecs'
import type { AwsCalls } from './aws-calls.ts'
import type { ClusterScope, EcsCall } from './ecs-api.ts'
import { MAX_SERVICES_PER_CALL } from './service-reader.ts'

/** documented: the most that a page holds; the default is 10. */
const MAX_SERVICES_PER_PAGE = 100

/** Those that went since they were listed are left out. */
export async function* listServices(calls: AwsCalls, scope: ClusterScope, call: EcsCall): AsyncIterable<Service> {
  const request = {
    ...{ Client: ECSClient, scope, call, subject: `cluster ${scope.clusterName}` },
    access: 'read' as const,
    bucket: 'services_read' as const,
  }
  let nextToken: string | undefined
  do {
    const page = { cluster: scope.clusterArn, maxResults: MAX_SERVICES_PER_PAGE }
    const input = nextToken === undefined ? page : { ...page, nextToken }
    const listed = await calls.run({
      ...{ ...request, operation: 'ListServices' },
      send: (client, http) => client.send(new ListServicesCommand(input), http),
    })
    const arns = listed.serviceArns ?? []
    for (let start = 0; start < arns.length; start += MAX_SERVICES_PER_CALL) {
      const names = arns.slice(start, start + MAX_SERVICES_PER_CALL)
      const { services = [] } = await calls.run({
        ...{ ...request, operation: 'DescribeServices' },
        send: (client, http) =>
          client.send(
            new DescribeServicesCommand({ cluster: scope.clusterArn, services: names, include: ['TAGS'] }),
            http,
          ),
      })
      yield* services.filter(({ status }) => status === 'ACTIVE')
    }
    nextToken = listed.nextToken
  } while (nextToken !== undefined)
}
