import { Gauge, type Registry } from 'prom-client'

export interface DriftSources {
  /** Drifted tenants by reason. */
  readonly countDrift: () => Promise<readonly { reason: string; count: number }[]>
  /** Looks that workers were asked for and have not answered. */
  readonly countLooks: () => Promise<number>
  /** When the tenant was looked at that was not looked at for the longest; undefined before the first look. */
  readonly readOldestLook: () => Promise<string | undefined>
  readonly isBrakeApplied: () => Promise<boolean>
}

/** Finding the oldest look reads a row of every tenant; scrapers that come often need not pay for it each time. */
const CACHE_MS = 10_000

/** What differs from its desired state, and how old that knowledge is. Missing while the database does not answer. */
export function registerDriftGauges(sources: DriftSources, now: () => Date, registers: Registry[]): void {
  new Gauge({
    name: 'landlord_drifted_tenants',
    help: 'Tenants whose live state differs from the desired one, by reason.',
    labelNames: ['reason'],
    registers,
    async collect() {
      this.reset()
      for (const { reason, count } of await sources.countDrift().catch(() => [])) this.set({ reason }, count)
    },
  })
  registerAge(sources, now, registers)
  new Gauge({
    name: 'landlord_observations_open',
    help: 'Looks that workers were asked for and have not answered.',
    registers,
    async collect() {
      const open = await sources.countLooks().catch(() => undefined)
      if (open === undefined) this.remove()
      else this.set(open)
    },
  })
  new Gauge({
    name: 'landlord_drift_brake',
    help: '1 while nothing is healed because too much of the fleet turned bad at once.',
    registers,
    async collect() {
      const isApplied = await sources.isBrakeApplied().catch(() => undefined)
      if (isApplied === undefined) this.remove()
      else this.set(isApplied ? 1 : 0)
    },
  })
}

function registerAge({ readOldestLook }: DriftSources, now: () => Date, registers: Registry[]): void {
  let oldest: string | undefined
  let readAt = Number.NEGATIVE_INFINITY
  new Gauge({
    name: 'landlord_drift_age_seconds',
    help: 'How long ago the tenant was looked at that was not looked at for the longest.',
    registers,
    async collect() {
      const at = now().getTime()
      if (at - readAt >= CACHE_MS) {
        oldest = await readOldestLook().catch(() => undefined)
        readAt = at
      }
      if (oldest === undefined) this.remove()
      else this.set((at - Date.parse(oldest)) / 1000)
    },
  })
}
