import type { World } from './world.ts'

interface Snapshot {
  readonly at: number
  readonly world: World
}

/**
 * What a reader sees whose replica is so many emulated seconds behind. Each kept state is a copy of the whole account, so this
 * is for tests with small accounts.
 */
export class LaggedReads {
  #seconds = 0
  /** Oldest first; the first one is what the most patient reader may still see. */
  #snapshots: Snapshot[] = []

  get milliseconds(): number {
    return this.#seconds * 1000
  }

  /** Begins to lag behind the state at hand; 0 ends it. @throws TypeError for anything but a number of at least 0. */
  start(seconds: number, world: World): void {
    if (!Number.isFinite(seconds) || seconds < 0) {
      throw new TypeError(`The consistency lag must be a number of seconds of at least 0, not ${seconds}.`)
    }
    this.clear()
    this.#seconds = seconds
    // Whatever was before looks like the state at hand.
    this.keep(world, Number.NEGATIVE_INFINITY)
  }

  clear(): void {
    this.#seconds = 0
    this.#snapshots = []
  }

  /** Remembers the state as of that time, which must not lie before the last one's. */
  keep(world: World, at: number): void {
    if (this.#seconds === 0) return
    if (this.#snapshots.at(-1)?.at === at) this.#snapshots.pop()
    this.#snapshots.push({ at, world: structuredClone(world) })
    const seen = this.#snapshots.findLastIndex((snapshot) => snapshot.at <= at - this.milliseconds)
    if (seen > 0) this.#snapshots.splice(0, seen)
  }

  /** What is seen now; nothing where reads do not lag. */
  seenAt(now: number): World | undefined {
    return this.#snapshots.findLast(({ at }) => at <= now - this.milliseconds)?.world
  }
}
