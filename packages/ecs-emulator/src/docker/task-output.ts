import { appendLogEvents, createLogGroup, findLogGroup, openLogStream } from '../log-records.ts'
import type { RuntimeContext } from '../task-runtime.ts'
import { LaunchError } from './launch-error.ts'
import type { TaskOutput } from './task-host.ts'

/** Writes to the emulator's own CloudWatch Logs. Lines bear the emulated time at which they arrive. */
export function createTaskOutput({ account, world, now }: RuntimeContext): TaskOutput {
  return {
    open: ({ group, createGroup }, stream) => {
      const found = findLogGroup(world(), group)
      // As Fargate words it (reported by users in several repositories).
      const missing = 'ResourceNotFoundException: The specified log group does not exist.'
      const failure =
        'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times'
      if (found === undefined && !createGroup) {
        throw new LaunchError(`${failure}: failed to create Cloudwatch log stream: ${missing}`)
      }
      openLogStream(found ?? createLogGroup(world(), account, group, now()), stream, now())
    },
    write: ({ group }, stream, line) => {
      const found = findLogGroup(world(), group)
      // Deleted while the task runs: AWS drops the lines, too (inferred).
      const target = found?.streams[stream]
      if (target === undefined) return
      appendLogEvents(target, [{ timestamp: Math.round(now()), message: line }], now())
    },
  }
}
