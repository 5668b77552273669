import type { FaultKind, RunningEcsEmulator } from '@landlord/ecs-emulator'

/** More than anybody retries. */
const EVERY_TIME = 1000

/** Every way in which a call can fail, and what a client may be told: a lost reply need not be a failure to it. */
const FAILURES: Readonly<Record<string, { readonly faults: readonly [FaultKind, number][]; readonly said: RegExp }>> = {
  refused: {
    faults: [[{ kind: 'error', type: 'AccessDeniedException', message: 'not authorized', status: 403 }, EVERY_TIME]],
    said: /grant the permission/,
  },
  'not carried out': { faults: [[{ kind: 'reset' }, EVERY_TIME]], said: /try again/ },
  'carried out each time, unheard': { faults: [[{ kind: 'lost_reply' }, EVERY_TIME]], said: /try again|^done$/ },
  'carried out once, unheard': {
    faults: [
      [{ kind: 'lost_reply' }, 1],
      [{ kind: 'reset' }, EVERY_TIME],
    ],
    said: /try again|^done$/,
  },
}

const READ = /^(.*\.)?(Describe|Get|List)/

export interface Failure {
  readonly operation: string
  /** In words. */
  readonly how: string
  readonly said: RegExp
  /** From now on, until the returned function is called. */
  begin(emulator: RunningEcsEmulator): () => void
}

/** Each of the calls, failing in each way. What becomes of a read matters to nobody else, so that being refused is all of its ways. */
export function failuresOf(calls: readonly string[]): Failure[] {
  return calls.flatMap((operation) =>
    (READ.test(operation) ? Object.entries(FAILURES).slice(0, 1) : Object.entries(FAILURES)).map(
      ([how, { faults, said }]) => ({
        operation,
        how,
        said,
        begin({ control }) {
          for (const [fault, times] of faults) control.injectFault({ operation, fault, times })
          return () => control.clearScripts()
        },
      }),
    ),
  )
}

/** `done`, or what the client was told. */
export const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: Error) => error.message,
  )

/** The calls that `work` made, by operation, but for the look at the cluster, which goes on beside a start. */
export async function callsOf({ control }: RunningEcsEmulator, work: () => Promise<unknown>): Promise<string[]> {
  const before = control.counters().calls
  await work()
  const after = control.counters().calls
  return Object.keys(after)
    .filter((operation) => operation !== 'DescribeClusters' && after[operation] !== before[operation])
    .sort()
}
