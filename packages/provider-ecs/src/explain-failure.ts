import type { ServiceEvent, Task } from '@aws-sdk/client-ecs'
import type { Failure } from './assess-service.ts'

/** Why a deployment failed, as a status' `reason` has it; docs/ecs/README.md says what to do about each. */
export const FAILURE_REASONS = [
  'image_not_found',
  'role_not_assumable',
  'secret_missing',
  'no_capacity',
  'quota_exceeded',
  'unhealthy',
  'out_of_memory',
  'crash_loop',
  'task_failed_to_start',
  'deployment_misconfigured',
] as const

type FailureReason = (typeof FAILURE_REASONS)[number]

export interface Explanation {
  readonly reason: FailureReason
  readonly message: string
}

export interface FailureEvidence {
  readonly failure: Failure
  /** Newest first, as ECS lists them. */
  readonly events: readonly ServiceEvent[]
  readonly stoppedTasks: readonly Task[]
  /** What the deployment itself says about its state. */
  readonly rolloutStateReason?: string | undefined
}

interface Rule {
  readonly pattern: RegExp
  readonly reason: FailureReason
  /** What it means and what to do, in plain words. */
  readonly meaning: string
}

/**
 * The first one that matches anything wins, so the particular stand before the general. Texts: Amazon ECS
 * developer guide, "Stopped tasks error codes" and "Service event messages", and what users report.
 */
const RULES: readonly Rule[] = [
  {
    pattern:
      /unable to assume the (service linked )?role|is not authorized to perform: sts:AssumeRole|trust relationship/i,
    reason: 'role_not_assumable',
    meaning:
      'a role of the task definition cannot be assumed; check that it exists and that its trust policy names ecs-tasks.amazonaws.com',
  },
  {
    // ECS names both in one breath; what follows tells which of the two it was.
    pattern: /unable to (retrieve|get) (ecr )?registry auth/i,
    reason: 'image_not_found',
    meaning:
      'the registry of an image cannot be signed in to; check that the execution role may, and that the subnets reach the registry',
  },
  {
    pattern:
      /secretsmanager|ssm:GetParameters|unable to (pull|retrieve) secrets|secret(s)? (from|in|manager)|ParameterNotFound|invalid ssm parameters/i,
    reason: 'secret_missing',
    meaning:
      'a secret of the task definition cannot be read; check that it exists and that the execution role may read it',
  },
  {
    pattern:
      /CannotPull(Container|ECRContainer|ImageManifest|Manifest)\w*|pull image manifest|manifest unknown|repository does not exist|pull access denied/i,
    reason: 'image_not_found',
    meaning:
      'an image cannot be pulled; check its name and tag, that the execution role may pull it, and that the subnets reach the registry',
  },
  {
    pattern: /You've reached the limit|limit on the number of|vCPU limit|quota/i,
    reason: 'quota_exceeded',
    meaning: 'a quota of the account is used up; ask AWS to raise it, or remove what is not needed',
  },
  {
    pattern:
      /Capacity is unavailable|no container instance met all of its requirements|unable to place a task|RESOURCE:(CPU|MEMORY|ENI|GPU)|insufficient (cpu|memory|capacity)/i,
    reason: 'no_capacity',
    meaning:
      'there is no place for the task; add capacity, another availability zone or another capacity provider, or try again later',
  },
  {
    pattern: /unable to stop or start tasks during a deployment because of the service deployment configuration/i,
    reason: 'deployment_misconfigured',
    meaning:
      'minimum_healthy_percent and maximum_percent leave no room to replace a task; lower the one or raise the other',
  },
  {
    pattern: /OutOfMemory|out of memory/i,
    reason: 'out_of_memory',
    meaning: 'a container used more memory than it may; raise the memory of the task definition',
  },
  {
    pattern: /failed (container|ELB|load balancer) health checks|is unhealthy in \(?target-group|UNHEALTHY/i,
    reason: 'unhealthy',
    meaning: 'the tasks fail their health checks; look at the logs, and give them more time if they only start slowly',
  },
  {
    pattern: /Essential container in task exited|exit code/i,
    reason: 'crash_loop',
    meaning: 'the container ends soon after its start; look at the logs',
  },
  {
    pattern:
      /CannotStartContainer|CannotCreate|ResourceInitializationError|TaskFailedToStart|unable to consistently start/i,
    reason: 'task_failed_to_start',
    meaning: 'the tasks do not start',
  },
]

/** Stops that tell of no failure: ECS or a person made room. */
const ORDINARY_STOP = /^(Scaling activity initiated by|Task stopped by user|.*deployment rollback initiated)/i

/** Pure. Why a deployment failed: a stable code, what it means, and AWS's own words. */
export function explainFailure(evidence: FailureEvidence): Explanation {
  const { failure } = evidence
  const texts = [...taskTexts(evidence), ...eventTexts(evidence)]
  // Tasks say more than events; but the particular, wherever it stands, says more than the general.
  const found = firstMatch(texts)
  const own = evidence.rolloutStateReason
  const quoted = found?.text ?? texts[0] ?? own
  const reason = found?.rule.reason ?? 'task_failed_to_start'
  const meaning = found?.rule.meaning ?? 'the tasks do not come to run; the service’s events in ECS tell more'
  const quote = quoted === undefined ? '' : `; ECS says: ${quoted}`
  return { reason, message: `${OUTCOME[failure.how]}: ${meaning}${quote}` }
}

const OUTCOME: Record<Failure['how'], string> = {
  rolled_back: 'the update failed and was rolled back',
  gave_up: 'the deployment failed and ECS has stopped trying',
  failing: 'the deployment does not succeed and ECS goes on trying',
}

/** The newest of the events that tell of a problem, without the service's name in front. For a service that is still moving. */
export function latestProblem(events: readonly ServiceEvent[], since: Date | undefined): string | undefined {
  return events
    .filter((event) => isSince(event.createdAt, since))
    .map(({ message = '' }) => plainEvent(message))
    .find((message) => firstMatch([message]) !== undefined)
}

function firstMatch(texts: readonly string[]): { rule: Rule; text: string } | undefined {
  for (const rule of RULES) {
    const text = texts.find((candidate) => rule.pattern.test(candidate))
    if (text !== undefined) return { rule, text }
  }
  return undefined
}

function taskTexts({ failure, stoppedTasks }: FailureEvidence): string[] {
  return stoppedTasks
    .filter((task) => failure.deploymentId === undefined || task.startedBy === failure.deploymentId)
    .filter(({ stoppedReason = '' }) => !ORDINARY_STOP.test(stoppedReason))
    .toSorted((left, right) => (right.stoppedAt?.getTime() ?? 0) - (left.stoppedAt?.getTime() ?? 0))
    .map(taskText)
    .filter((text) => text !== '')
}

/** E.g. `Essential container in task exited; app: exit code 1`. */
function taskText({ stopCode, stoppedReason, containers = [] }: Task): string {
  const details = containers.flatMap(({ name = 'container', exitCode, reason }) => {
    const facts = [
      ...(reason === undefined || reason === stoppedReason ? [] : [reason]),
      // 137 is a SIGKILL: with nothing else said, most often the kernel's when memory is used up, but not for certain.
      ...(exitCode === undefined || exitCode === 0 ? [] : [`exit code ${exitCode}`]),
    ]
    return facts.length === 0 ? [] : [`${name}: ${facts.join(', ')}`]
  })
  return [stoppedReason ?? stopCode ?? '', ...details].filter((text) => text !== '').join('; ')
}

function eventTexts({ events, failure }: FailureEvidence): string[] {
  return events
    .filter(({ createdAt }) => isSince(createdAt, failure.since))
    .map(({ message = '' }) => plainEvent(message))
}

const plainEvent = (message: string): string => message.replace(/^\(service [^)]*\)\s*/, '')

const isSince = (time: Date | undefined, since: Date | undefined): boolean =>
  time === undefined || since === undefined || time >= since
