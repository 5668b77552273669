import { Counter, type Registry } from 'prom-client'
import type { Metrics } from './metrics.ts'

export function createCounters(
  registers: Registry[],
): Pick<Metrics, 'countTriggerSent' | 'countTriggerFailure' | 'countResent' | 'countObservation' | 'countHeal'> {
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
  const observations = new Counter({
    name: 'landlord_observations_total',
    help: 'Looks at tenants in the background, by what they came to.',
    labelNames: ['outcome'],
    registers,
  })
  const heals = new Counter({
    name: 'landlord_drift_heals_total',
    help: 'Operations that were begun to heal drift.',
    registers,
  })
  return {
    countTriggerSent: () => sent.inc(),
    countTriggerFailure: (reason) => failed.inc({ reason }),
    countResent: (count) => resent.inc(count),
    countObservation: (outcome) => observations.inc({ outcome }),
    countHeal: () => heals.inc(),
  }
}
