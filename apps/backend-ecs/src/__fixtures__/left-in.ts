import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeAccessPointsCommand, EFSClient } from '@aws-sdk/client-efs'
import { ListNamespacesCommand, ListServicesCommand, ServiceDiscoveryClient } from '@aws-sdk/client-servicediscovery'
import type { TestBackend } from './start-test-backend.ts'

/** Names of what the account has beside tasks: namespaces and their services, security groups, access points. */
export async function leftIn({ emulator }: Pick<TestBackend, 'emulator'>): Promise<string[]> {
  const config = {
    endpoint: emulator.url,
    region: emulator.region,
    credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' },
  }
  const [discovery, ec2, efs] = [new ServiceDiscoveryClient(config), new EC2Client(config), new EFSClient(config)]
  try {
    const { Namespaces = [] } = await discovery.send(new ListNamespacesCommand({}))
    const { Services = [] } = await discovery.send(new ListServicesCommand({}))
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['sockerless-*'] }] }),
    )
    const { AccessPoints = [] } = await efs.send(new DescribeAccessPointsCommand({}))
    return [
      ...Namespaces.map(({ Name }) => Name),
      ...Services.map(({ Name }) => Name),
      ...SecurityGroups.map(({ GroupName }) => GroupName),
      ...AccessPoints.map(({ Name }) => Name),
    ].map(String)
  } finally {
    for (const client of [discovery, ec2, efs]) client.destroy()
  }
}
