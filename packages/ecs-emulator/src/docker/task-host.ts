import type Docker from 'dockerode'
import type { LogTarget } from '../log-target.ts'
import type { TaskReport } from '../world.ts'
import type { Scope } from './task-labels.ts'
import type { PlannedFileSystem } from './task-plan.ts'

/** What runs of tasks need of their surroundings. */
export interface TaskHost {
  readonly docker: Docker
  readonly scope: Scope
  readonly engineCpus: number
  readonly report: (taskArn: string, report: TaskReport) => void
  readonly output: TaskOutput
  /** Gives an image's id; tasks that need the same one pull it once. */
  readonly pull: (image: string) => Promise<string>
  /** The engine's network in which names of Cloud Map resolve; undefined while the account has no private namespace. */
  readonly discoveryNetwork: () => Promise<string | undefined>
  /** Gives the engine's name of the volume that stands for a directory of EFS. @throws LaunchError when there is none. */
  readonly fileSystem: (planned: PlannedFileSystem) => Promise<string>
  /** Aborted when the runtime is closed: then nothing is tried again and nobody listens any more. */
  readonly closing: AbortSignal
}

/** Where the output of containers with the awslogs driver goes. */
export interface TaskOutput {
  /** Makes the stream. @throws LaunchError when the group is missing and may not be made. */
  open(target: LogTarget, stream: string): void
  write(target: LogTarget, stream: string, line: string): void
}
