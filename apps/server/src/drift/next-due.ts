import { createHash } from 'node:crypto'

/** Of the interval: keeps the looks of two fleets, or of a fleet and a cron job, from going in step. */
const RANDOM_PART = 0.1

/**
 * When a tenant is to be looked at next. Each has a moment of its own in the interval, by its id, so that a fleet spreads
 * evenly whatever happened before; at least half an interval lies between two looks. `random` is from 0 to 1.
 */
export function nextDue(tenantId: string, now: Date, intervalSeconds: number, random: number): Date {
  const intervalMs = intervalSeconds * 1000
  const moment = momentOf(tenantId) * intervalMs
  const earliest = now.getTime() + intervalMs / 2
  const round = Math.ceil((earliest - moment) / intervalMs)
  return new Date(Math.round(round * intervalMs + moment + random * RANDOM_PART * intervalMs))
}

/** From 0 to 1. */
function momentOf(tenantId: string): number {
  return createHash('sha256').update(tenantId).digest().readUInt32BE() / 2 ** 32
}
