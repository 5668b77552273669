import { CreateFileSystemCommand, EFSClient } from '@aws-sdk/client-efs'
import type { RunningEcsEmulator } from '@landlord/ecs-emulator'
import { startTestBackend, type TestBackend, type TestBackendOptions } from './start-test-backend.ts'

/** A backend whose account has a file system for volumes. */
export const startWithFileSystem = (options: TestBackendOptions = {}): Promise<TestBackend> =>
  startTestBackend({ ...options, ecs: makeFileSystem })

/** The setting that names a new file system. */
export async function makeFileSystem({
  url: endpoint,
  region,
}: RunningEcsEmulator): Promise<{ efs_filesystem_id: string }> {
  const efs = new EFSClient({ endpoint, region, credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' } })
  try {
    const { FileSystemId = '' } = await efs.send(new CreateFileSystemCommand({ CreationToken: 'volumes' }))
    return { efs_filesystem_id: FileSystemId }
  } finally {
    efs.destroy()
  }
}
