import { badRequest } from '../errors/docker-error.ts'
import type { ContainerRecord, DockerCreateBody } from '../store/records.ts'
import { hostConfigOf } from './definition/host-config.ts'

const POLICIES = ['no', 'always', 'unless-stopped', 'on-failure']

/** Throws 400 for a policy that Docker does not have. */
export function checkRestartPolicy(body: DockerCreateBody): void {
  const { RestartPolicy, AutoRemove } = hostConfigOf(body)
  const name = RestartPolicy?.Name ?? ''
  if (name !== '' && !POLICIES.includes(name)) throw badRequest(`invalid restart policy '${name}'`)
  if (AutoRemove === true && name !== '' && name !== 'no') {
    throw badRequest("can't create 'AutoRemove' container with restart policy")
  }
}

/** Whether a container that has ended is to run again: as a new task, under the same id. */
export function shouldRestart({ config, state, restartCount, stopRequested }: ContainerRecord): boolean {
  if (stopRequested === true) return false
  const { Name: name = '', MaximumRetryCount: most = 0 } = hostConfigOf(config).RestartPolicy ?? {}
  if (name === 'always' || name === 'unless-stopped') return true
  return name === 'on-failure' && state.exitCode !== 0 && (most === 0 || restartCount < most)
}

/** Docker's own back-off begins at 100 ms; a task costs a minute of Fargate, and takes tens of seconds to start anyway. */
const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 60_000

/** A run of so long begins anew, as in Docker. */
const GOOD_RUN_MS = 10_000

export function restartDelayMs({ restartCount, state, startFailed }: ContainerRecord): number {
  const ranMs = Date.parse(state.finishedAt ?? '') - Date.parse(state.startedAt ?? '')
  if (startFailed !== true && ranMs >= GOOD_RUN_MS) return FIRST_DELAY_MS
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(restartCount, 10), LONGEST_DELAY_MS)
}
