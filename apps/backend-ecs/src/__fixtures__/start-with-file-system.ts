import { CreateFileSystemCommand, EFSClient } from '@aws-sdk/client-efs'
import { onTestFinished } from 'vitest'
import { startTestBackend, type TestBackend, type TestBackendOptions } from './start-test-backend.ts'

export interface BackendWithFileSystem extends TestBackend {
  readonly efs: EFSClient
}

/** A backend whose account has a file system for volumes. */
export async function startWithFileSystem(options: TestBackendOptions = {}): Promise<BackendWithFileSystem> {
  const account = await startTestBackend(options)
  const { url: endpoint, region } = account.emulator
  const efs = new EFSClient({ endpoint, region, credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' } })
  onTestFinished(() => efs.destroy())
  const { FileSystemId = '' } = await efs.send(new CreateFileSystemCommand({ CreationToken: 'volumes' }))
  return { ...(await startTestBackend({ ...options, beside: account, ecs: { efs_filesystem_id: FileSystemId } })), efs }
}
