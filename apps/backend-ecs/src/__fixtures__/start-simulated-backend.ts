import { ListTasksCommand } from '@aws-sdk/client-ecs'
import type Docker from 'dockerode'
import { startTestBackend, type TestBackend, type TestBackendOptions } from './start-test-backend.ts'

export interface SimulatedBackend extends TestBackend {
  /** Of an image that has been pulled. */
  create(options?: object, name?: string): Promise<Docker.Container>
  /** Of the account, those that are to run. */
  tasks(): Promise<string[]>
}

/** A backend whose tasks are simulated: they do as the emulator's scripts say, and nothing runs. */
export async function startSimulatedBackend(options: TestBackendOptions = {}): Promise<SimulatedBackend> {
  const backend = await startTestBackend({ ...options, emulator: { runtime: 'simulated', ...options.emulator } })
  const { dockerode, image, ecs } = backend
  const stream = await dockerode.pull(image)
  await new Promise((resolve) => dockerode.modem.followProgress(stream, resolve))
  return {
    ...backend,
    create: (body = {}, name = '') =>
      dockerode.createContainer({ _query: { name }, _body: { Image: image, ...body } } as never),
    async tasks() {
      const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'sockerless' }))
      return taskArns
    },
  }
}
