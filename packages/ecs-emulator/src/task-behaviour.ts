/**
 * How one simulated task behaves. Without a script a task starts in 22 s and runs until it is stopped. `logs` are lines that it
 * writes when it starts, through its first container that has the awslogs driver; the log group must be there.
 */
export type TaskBehaviour =
  | {
      readonly kind: 'run'
      readonly startSeconds?: number
      readonly ignoresSigterm?: boolean
      readonly logs?: readonly string[]
    }
  | {
      readonly kind: 'exit'
      readonly afterSeconds: number
      readonly exitCode: number
      readonly reason?: string
      readonly logs?: readonly string[]
    }
  | { readonly kind: 'unhealthy'; readonly afterSeconds: number; readonly logs?: readonly string[] }
  | { readonly kind: 'fail_to_start'; readonly reason: string }
  | { readonly kind: 'pull_failure'; readonly reason?: string }
  | { readonly kind: 'no_capacity'; readonly reason?: string }

/** Which tasks a script is for; what is left out matches everything. */
export interface TaskScript {
  readonly cluster?: string
  readonly service?: string
  readonly family?: string
  /** `family:revision`. */
  readonly taskDefinition?: string
  readonly behaviour: TaskBehaviour
  /** For so many tasks, then no more; default: for all. */
  readonly times?: number
}

export interface ScriptSubject {
  readonly cluster: string
  readonly service: string | undefined
  readonly family: string
  readonly taskDefinition: string
}

interface ActiveScript {
  readonly script: TaskScript
  left: number
}

/** The scripts in force; the one that was added last wins. */
export class TaskScripts {
  #active: ActiveScript[] = []

  add(script: TaskScript): void {
    this.#active.unshift({ script, left: script.times ?? Number.POSITIVE_INFINITY })
  }

  clear(): void {
    this.#active = []
  }

  /** The behaviour of the next task of that kind; uses up one of `times`. */
  take(subject: ScriptSubject): TaskBehaviour {
    const found = this.#active.find(({ script, left }) => left > 0 && matches(script, subject))
    if (found === undefined) return { kind: 'run' }
    found.left -= 1
    return found.script.behaviour
  }
}

function matches(script: TaskScript, subject: ScriptSubject): boolean {
  return (['cluster', 'service', 'family', 'taskDefinition'] as const).every(
    (key) => script[key] === undefined || script[key] === subject[key],
  )
}
