import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  DeleteAccessPointCommand,
  DeleteFileSystemCommand,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeLifecycleConfigurationCommand,
  EFSClient,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-efs'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, startAccount } from '../__fixtures__/start-account.ts'

async function startEfs(): Promise<{ efs: EFSClient; FileSystemId: string }> {
  const { emulator } = await startAccount()
  const efs = new EFSClient({
    endpoint: emulator.url,
    region: emulator.region,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  })
  onTestFinished(() => efs.destroy())
  const { FileSystemId = '' } = await efs.send(new CreateFileSystemCommand({ CreationToken: 'one' }))
  return { efs, FileSystemId }
}

it('makes a file system once for each token', async () => {
  const { efs, FileSystemId } = await startEfs()
  await expect(efs.send(new CreateFileSystemCommand({ CreationToken: 'one' }))).rejects.toMatchObject({
    name: 'FileSystemAlreadyExists',
    FileSystemId,
  })
  const { FileSystems } = await efs.send(new DescribeFileSystemsCommand({ CreationToken: 'one' }))
  expect(FileSystems).toMatchObject([{ FileSystemId, LifeCycleState: 'available' }])
  expect(FileSystems?.[0]?.CreationTime).toEqual(new Date('2026-01-01T00:00:00Z'))
  await efs.send(new DeleteFileSystemCommand({ FileSystemId }))
  await expect(efs.send(new DescribeFileSystemsCommand({ FileSystemId }))).rejects.toMatchObject({
    name: 'FileSystemNotFound',
  })
})

it('makes an access point once for each token, lists them in pages, and deletes them', async () => {
  const { efs, FileSystemId } = await startEfs()
  const create = (ClientToken: string) =>
    efs.send(
      new CreateAccessPointCommand({
        ClientToken,
        FileSystemId,
        RootDirectory: { Path: `/${ClientToken}`, CreationInfo: { OwnerUid: 1, OwnerGid: 2, Permissions: '0750' } },
        Tags: [{ Key: 'Name', Value: ClientToken }],
      }),
    )
  const { AccessPointId } = await create('a')
  await create('b')
  await expect(create('a')).rejects.toMatchObject({ name: 'AccessPointAlreadyExists', AccessPointId })
  const first = await efs.send(new DescribeAccessPointsCommand({ FileSystemId, MaxResults: 1 }))
  expect(first.AccessPoints).toMatchObject([
    {
      AccessPointId,
      Name: 'a',
      LifeCycleState: 'available',
      RootDirectory: { Path: '/a', CreationInfo: { OwnerUid: 1, Permissions: '0750' } },
    },
  ])
  const second = await efs.send(
    new DescribeAccessPointsCommand({ FileSystemId, MaxResults: 1, NextToken: first.NextToken }),
  )
  expect([second.AccessPoints?.[0]?.Name, second.NextToken]).toEqual(['b', undefined])
  await expect(efs.send(new DeleteFileSystemCommand({ FileSystemId }))).rejects.toMatchObject({
    name: 'FileSystemInUse',
  })
  await efs.send(new DeleteAccessPointCommand({ AccessPointId }))
  await expect(efs.send(new DeleteAccessPointCommand({ AccessPointId }))).rejects.toMatchObject({
    name: 'AccessPointNotFound',
  })
})

it('keeps tags', async () => {
  const { efs, FileSystemId: ResourceId } = await startEfs()
  await efs.send(
    new TagResourceCommand({
      ResourceId,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    }),
  )
  await efs.send(new UntagResourceCommand({ ResourceId, TagKeys: ['a'] }))
  expect((await efs.send(new ListTagsForResourceCommand({ ResourceId }))).Tags).toEqual([{ Key: 'b', Value: '2' }])
})

it('refuses what it does not know, by name', async () => {
  const { efs, FileSystemId } = await startEfs()
  await expect(efs.send(new DescribeLifecycleConfigurationCommand({ FileSystemId }))).rejects.toMatchObject({
    name: 'BadRequest',
    message: expect.stringContaining('lifecycle-configuration is not emulated'),
  })
})
