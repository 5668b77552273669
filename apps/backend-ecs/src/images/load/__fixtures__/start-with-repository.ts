import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EcsEmulatorSettings } from '@landlord/ecs-emulator'
import { onTestFinished } from 'vitest'
import { startTestBackend, type TestBackend } from '../../../__fixtures__/start-test-backend.ts'

export interface BackendWithRepository extends TestBackend {
  /** Where loaded images go, as `ecs.ecr_repository` names it. */
  readonly repository: string
  /** In the repository now. */
  tags(): Promise<string[]>
}

/** A backend with a repository of the emulated ECR for what is loaded. */
export async function startWithRepository(emulator: EcsEmulatorSettings = {}): Promise<BackendWithRepository> {
  const imageFolder = await mkdtemp(join(tmpdir(), 'backend-ecs-load-test-'))
  onTestFinished(() => rm(imageFolder, { recursive: true }))
  await mkdir(join(imageFolder, 'loaded'))
  const backend = await startTestBackend({
    emulator: { ...emulator, imageFolder },
    ecs: ({ url }) => ({ ecr_repository: `${new URL(url).host}/loaded` }),
  })
  return {
    ...backend,
    repository: `${new URL(backend.emulator.url).host}/loaded`,
    async tags() {
      const index = await readFile(join(imageFolder, 'loaded', 'index.json'), 'utf8').catch(() => '{"manifests":[]}')
      const { manifests } = JSON.parse(index) as { manifests: { annotations?: Record<string, string> }[] }
      return manifests.flatMap(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] ?? [])
    },
  }
}
