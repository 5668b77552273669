import { lastSegment } from './identifiers.ts'
import { appendLogEvents, findLogGroup, openLogStream } from './log-records.ts'
import { logStreamOf, logTargetOf } from './log-target.ts'
import type { TaskRecord, World } from './world.ts'

/** The lines of a task's script, written when the task starts. Without their log group they are lost. */
export function writeScriptedLogs(world: World, task: TaskRecord, now: number): void {
  const lines = 'logs' in task.behaviour ? (task.behaviour.logs ?? []) : []
  if (lines.length === 0) return
  for (const container of world.taskDefinitions[task.taskDefinition]?.definition.containerDefinitions ?? []) {
    const target = logTargetOf(container)
    const group = target === undefined ? undefined : findLogGroup(world, target.group)
    if (target === undefined || group === undefined) continue
    const stream = openLogStream(group, logStreamOf(target, container.name ?? '', lastSegment(task.arn)), now)
    const events = lines.map((message) => ({ timestamp: Math.round(now), message }))
    appendLogEvents(stream, events, now)
    return
  }
}
