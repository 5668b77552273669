import { setTimeout as delay } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import type { ControlPlane, Part } from './control-plane.ts'
import { type ExpectedFleet, TURNS } from './expected-fleet.ts'

const CRASHES = 12
const PARTS: readonly Part[] = ['server', 'worker', 'engine']

export const CONVERGE_WITHIN_MS = 180_000

/** A run of tenants' lives during which every process is killed at random. */
export interface CrashRun {
  readonly plane: ControlPlane
  readonly fleet: ExpectedFleet
  readonly random: () => number
}

/** The configuration of a tenant in its `round`-th version, from 0. */
export type ConfigOf = (name: string, round: number) => Record<string, unknown>

/** Lets all tenants live while the processes are killed, and resolves when every one is as it was last asked to be. */
export async function liveThroughCrashes(
  run: CrashRun,
  tenants: { readonly names: readonly string[]; readonly provider: string; readonly configOf: ConfigOf },
): Promise<void> {
  const { names, provider, configOf } = tenants
  const crashing = crashAround(run)
  await Promise.all(names.map((name, index) => liveOne(run, { name, provider, configOf, isDeleted: index % 3 === 0 })))
  await crashing
  await run.plane.ready()
  await expectAsAsked(run)
}

async function crashAround({ plane, random }: CrashRun): Promise<void> {
  for (let count = 0; count < CRASHES; count += 1) {
    await delay(300 + random() * 1500)
    await plane.crash(PARTS[Math.floor(random() * PARTS.length)] ?? 'server')
  }
}

interface Life {
  readonly name: string
  readonly provider: string
  readonly configOf: ConfigOf
  readonly isDeleted: boolean
}

/** Created and changed at moments of its own, and every other time suspended, resumed or restarted right after. */
export async function liveOne(
  { fleet, random }: Pick<CrashRun, 'fleet' | 'random'>,
  { name, provider, configOf, isDeleted }: Life,
): Promise<void> {
  await delay(random() * 4000)
  await fleet.create(name, provider, configOf(name, 0))
  for (const round of [1, 2]) {
    await delay(random() * 4000)
    await fleet.change(name, configOf(name, round))
    const turn = TURNS[Math.floor(random() * TURNS.length * 2)]
    if (turn !== undefined) await fleet.turn(name, turn)
  }
  await delay(random() * 4000)
  if (isDeleted) await fleet.delete(name)
}

/** Rejects unless every tenant comes to be as it was last asked, with nothing under way, in time. */
export async function expectAsAsked(
  { plane, fleet }: Pick<CrashRun, 'fleet'> & { readonly plane: Pick<ControlPlane, 'client'> },
  withinMs = CONVERGE_WITHIN_MS,
): Promise<void> {
  const wanted = [...fleet.wishes]
    .filter(([, { config }]) => config !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, { isSuspended }]) => `${name} ${isSuspended ? 'suspended' : 'ready'}`)
  await vi.waitFor(
    async () => {
      const { body } = await plane.client.listTenants({ query: { limit: 500, sort: 'name', include_deleted: true } })
      expect(body.tenants.map(({ name, status }) => `${name} ${status}`)).toEqual(wanted)
    },
    { timeout: withinMs, interval: 500 },
  )
  for (const id of fleet.ids.values()) {
    const { body } = await plane.client.listTenantOperations({ params: { tenant: id }, query: { limit: 500 } })
    const open = body.operations.filter(({ state }) => !['succeeded', 'superseded'].includes(state))
    expect(open).toEqual([])
  }
}
