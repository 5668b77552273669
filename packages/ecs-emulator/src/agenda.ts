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

/** What is due when, soonest first; among equals the one that was added first. A binary heap. */
export class Agenda {
  readonly #heap: OrderedEntry[] = []
  #order = 0

  add(entry: AgendaEntry): void {
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

  clear(): void {
    this.#heap.length = 0
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
