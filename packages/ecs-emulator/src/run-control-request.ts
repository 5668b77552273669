import type { EmulatorControl } from './control.ts'
import type { Fault, FaultKind } from './faults.ts'
import type { TaskBehaviour, TaskScript } from './task-behaviour.ts'

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'list of strings'>>

const BEHAVIOURS: Record<TaskBehaviour['kind'], { readonly needs: Shape; readonly may: Shape }> = {
  run: { needs: {}, may: { startSeconds: 'number', ignoresSigterm: 'boolean', logs: 'list of strings' } },
  exit: { needs: { afterSeconds: 'number', exitCode: 'number' }, may: { reason: 'string', logs: 'list of strings' } },
  unhealthy: { needs: { afterSeconds: 'number' }, may: { logs: 'list of strings' } },
  fail_to_start: { needs: { reason: 'string' }, may: {} },
  pull_failure: { needs: {}, may: { reason: 'string' } },
  no_capacity: { needs: {}, may: { reason: 'string' } },
}

const FAULTS: Record<FaultKind['kind'], { readonly needs: Shape; readonly may: Shape }> = {
  error: { needs: { type: 'string', message: 'string' }, may: { status: 'number' } },
  reset: { needs: {}, may: {} },
  lost_reply: { needs: {}, may: {} },
  stale: { needs: {}, may: {} },
}

/** Carries out one `POST /_emulator/<action>`. @throws TypeError that says what is wrong with the request. */
export function runControlRequest(control: EmulatorControl, action: string, body: unknown): unknown {
  const input = readObject(body, 'The body')
  switch (action) {
    case 'tasks':
      control.scriptTasks(readScript(input))
      return {}
    case 'faults':
      control.injectFault(readFault(input))
      return {}
    case 'throttling':
      checkShape(input, { enabled: 'boolean' }, {}, 'The body')
      control.setThrottling(input.enabled === true)
      return {}
    case 'consistency':
      checkShape(input, { seconds: 'number' }, {}, 'The body')
      control.setConsistencyLag({ seconds: Number(input.seconds) })
      return {}
    case 'quirks':
      checkShape(input, {}, { instantStability: 'boolean', noDraining: 'boolean' }, 'The body')
      control.setQuirks(input)
      return {}
    case 'health':
      checkShape(input, { taskArn: 'string', status: 'string' }, {}, 'The body')
      if (input.status !== 'HEALTHY' && input.status !== 'UNHEALTHY') {
        throw new TypeError('status must be HEALTHY or UNHEALTHY.')
      }
      control.setTaskHealth(String(input.taskArn), input.status)
      return {}
    case 'clock':
      checkShape(input, { seconds: 'number' }, {}, 'The body')
      control.advanceClock(Number(input.seconds))
      return { now: new Date(control.now()).toISOString() }
    case 'clear':
      control.clearScripts()
      return {}
    case 'reset':
      control.reset()
      return {}
    case 'counters':
      return control.counters()
    case 'reset-counters':
      control.resetCounters()
      return {}
    default:
      throw new TypeError(
        `/_emulator/${action} is none of tasks, faults, throttling, consistency, quirks, health, clock, clear, reset, counters, reset-counters.`,
      )
  }
}

function readScript({ behaviour, ...rest }: Record<string, unknown>): TaskScript {
  checkShape(
    rest,
    {},
    { cluster: 'string', service: 'string', family: 'string', taskDefinition: 'string', times: 'number' },
    'The script',
  )
  return { ...rest, behaviour: readKind<TaskBehaviour>(behaviour, BEHAVIOURS, 'behaviour') }
}

function readFault({ fault, ...rest }: Record<string, unknown>): Fault {
  checkShape(rest, { operation: 'string' }, { times: 'number' }, 'The fault')
  const { operation, times } = rest
  const kind = readKind<FaultKind>(fault, FAULTS, 'fault')
  return { operation: String(operation), fault: kind, ...(typeof times === 'number' ? { times } : {}) }
}

function readKind<Kind extends { readonly kind: string }>(
  value: unknown,
  shapes: Record<Kind['kind'], { readonly needs: Shape; readonly may: Shape }>,
  what: string,
): Kind {
  const input = readObject(value, what)
  const { kind, ...rest } = input
  const known = Object.entries<{ readonly needs: Shape; readonly may: Shape }>(shapes)
  const shape = known.find(([name]) => name === kind)?.[1]
  if (shape === undefined) {
    throw new TypeError(`${what}.kind must be one of ${known.map(([name]) => name).join(', ')}, not ${String(kind)}.`)
  }
  checkShape(rest, shape.needs, shape.may, what)
  return { kind, ...rest } as Kind
}

function readObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new TypeError(`${what} must be an object.`)
}

function checkShape(input: Record<string, unknown>, needs: Shape, may: Shape, what: string): void {
  const all = { ...needs, ...may }
  for (const [key, value] of Object.entries(input)) {
    const type = all[key]
    if (type === undefined)
      throw new TypeError(`${what} has an unknown key ${key}; known: ${Object.keys(all).join(', ')}.`)
    if (!isOf(value, type)) throw new TypeError(`${key} of ${what} must be a ${type}.`)
  }
  const missing = Object.keys(needs).find((key) => input[key] === undefined)
  if (missing !== undefined) throw new TypeError(`${what} lacks ${missing}, a ${needs[missing]}.`)
}

function isOf(value: unknown, type: Shape[string]): boolean {
  if (type === 'number') return Number.isFinite(value)
  if (type !== 'list of strings') return typeof value === type
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
