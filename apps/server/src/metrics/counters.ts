import { Counter, type Registry } from 'prom-client'
import type { Metrics } from './metrics.ts'

export function createCounters(
  registers: Registry[],
): Pick<Metrics, 'countTriggerSent' | 'countTriggerFailure' | 'countResent'> {
  const sent = new Counter({
    name: 'landlord_triggers_sent_total',
    help: 'Triggers that the workflow engine took.',
    registers,
  })
  const failed = new Counter({
    name: 'landlord_trigger_failures_total',
    help: 'Triggers that the workflow engine did not take; the sweep sends them again.',
    labelNames: ['reason'],
    registers,
  })
  const resent = new Counter({
    name: 'landlord_sweep_resent_total',
    help: 'Open operations that the sweep triggered again.',
    registers,
  })
  return {
    countTriggerSent: () => sent.inc(),
    countTriggerFailure: (reason) => failed.inc({ reason }),
    countResent: (count) => resent.inc(count),
  }
}
