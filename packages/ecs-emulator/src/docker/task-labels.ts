import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { lastSegment } from '../identifiers.ts'
import type { TaskRecord } from '../world.ts'

/** Whose containers these are: the state file that tells of them, or this run of the emulator where there is none. */
export interface Scope {
  readonly id: string
  /** Whether the tasks outlive this process, because a state file tells of them. */
  readonly kept: boolean
}

export const SCOPE_LABEL = 'ecs-emulator.scope'
export const KEPT_LABEL = 'ecs-emulator.kept'
export const OWNER_LABEL = 'ecs-emulator.owner'
/** As Amazon's agent labels its containers (documented). */
export const TASK_LABEL = 'com.amazonaws.ecs.task-arn'
const CLUSTER_LABEL = 'com.amazonaws.ecs.cluster'
const FAMILY_LABEL = 'com.amazonaws.ecs.task-definition-family'
const REVISION_LABEL = 'com.amazonaws.ecs.task-definition-version'
export const CONTAINER_LABEL = 'com.amazonaws.ecs.container-name'

/** On everything that an emulator has on an engine. */
export const scopeLabels = ({ id, kept }: Scope): Record<string, string> => ({
  [SCOPE_LABEL]: id,
  [KEPT_LABEL]: String(kept),
  [OWNER_LABEL]: thisProcess(),
})

export function taskLabels(scope: Scope, task: TaskRecord): Record<string, string> {
  const [family = '', revision = ''] = lastSegment(task.taskDefinition).split(':')
  return {
    ...scopeLabels(scope),
    [TASK_LABEL]: task.arn,
    [CLUSTER_LABEL]: lastSegment(task.clusterArn),
    [FAMILY_LABEL]: family,
    [REVISION_LABEL]: revision,
  }
}

/** Machine, process, and when it started, since process numbers are given again. */
function thisProcess(): string {
  return `${hostname()} ${process.pid} ${startOf(process.pid) ?? ''}`
}

export type Owner = 'this' | 'running' | 'dead' | 'elsewhere'

/** What has become of the process that a label names. Another machine's processes cannot be seen from here. */
export function ownerState(label: string): Owner {
  if (label === thisProcess()) return 'this'
  const [host, pid, startedAt = ''] = label.split(' ')
  if (host !== hostname() || !/^\d+$/.test(pid ?? '')) return 'elsewhere'
  const start = startOf(Number(pid))
  if (start !== undefined) return start === startedAt ? 'running' : 'dead'
  return process.platform !== 'linux' && isRunning(Number(pid)) ? 'running' : 'dead'
}

/** The 22nd field of `/proc/<pid>/stat`, clock ticks since boot (proc(5)); undefined where there is no such process or file. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
