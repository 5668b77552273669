export interface AgendaEntry {
  readonly at: number
  readonly kind: 'task' | 'service'
  readonly arn: string
}

interface OrderedEntry extends AgendaEntry {
  readonly order: number
}

const before = (left: OrderedEntry, right: OrderedEntry): boolean =>
  left.at < right.at || (left.at === right.at && left.order < right.order)

const keyOf = ({ at, kind, arn }: AgendaEntry): string => `${at} ${kind} ${arn}`

/** What is due when, soonest first; among equals the one that was added first. Each entry is in it once. A binary heap. */
export class Agenda {
  readonly #heap: OrderedEntry[] = []
  readonly #keys = new Set<string>()
  #order = 0

  /** What is on the agenda already stays where it is: thousands of tasks that do the same wake their service once. */
  add(entry: AgendaEntry): void {
    if (this.#keys.has(keyOf(entry))) return
    this.#keys.add(keyOf(entry))
    this.#heap.push({ ...entry, order: this.#order++ })
    let child = this.#heap.length - 1
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (!this.#swapIfBefore(child, parent)) return
      child = parent
    }
  }

  /** Removes and returns the first entry that is due by then. */
  takeDue(now: number): AgendaEntry | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.at > now) return undefined
    this.#keys.delete(keyOf(first))
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink()
    }
    return first
  }

  /** When the first entry is due. */
  nextAt(): number | undefined {
    return this.#heap[0]?.at
  }

  #sink(): void {
    let parent = 0
    for (;;) {
      const left = 2 * parent + 1
      const right = left + 1
      const leftEntry = this.#heap[left]
      if (leftEntry === undefined) return
      const rightEntry = this.#heap[right]
      const child = rightEntry !== undefined && before(rightEntry, leftEntry) ? right : left
      if (!this.#swapIfBefore(child, parent)) return
      parent = child
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const [childEntry, parentEntry] = [this.#heap[child], this.#heap[parent]]
    if (childEntry === undefined || parentEntry === undefined || !before(childEntry, parentEntry)) return false
    this.#heap[child] = parentEntry
    this.#heap[parent] = childEntry
    return true
  }
}
