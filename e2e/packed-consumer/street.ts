import { CancelledError, type JsonObject, throwIfAborted, UnavailableError } from '@landlord/compute-core'

/** The lanterns themselves: what a cloud is for a real provider. */
export class Street {
  writes = 0
  readonly #lanterns = new Map<string, JsonObject>()
  readonly #condition: 'live' | 'silent' | 'unreachable'

  constructor(condition: 'live' | 'silent' | 'unreachable' = 'live') {
    this.#condition = condition
  }

  async get(key: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    await this.#reach(signal)
    return this.#lanterns.get(key)
  }

  async set(key: string, lantern: JsonObject | undefined, signal: AbortSignal): Promise<void> {
    await this.#reach(signal)
    this.writes += 1
    if (lantern === undefined) this.#lanterns.delete(key)
    else this.#lanterns.set(key, lantern)
  }

  list(suffix: string): { kind: string; id: string; labels: Record<string, string> }[] {
    const keys = [...this.#lanterns.keys()].filter((key) => key.endsWith(suffix))
    return keys.map((id) => ({ kind: 'lantern', id, labels: {} }))
  }

  async #reach(signal: AbortSignal): Promise<void> {
    throwIfAborted(signal)
    if (this.#condition === 'unreachable') {
      throw new UnavailableError({ message: 'the street does not answer; open it and try again' })
    }
    if (this.#condition === 'silent') {
      await new Promise<never>((_, reject) => {
        const timer = setInterval(() => {}, 1000)
        signal.addEventListener('abort', () => {
          clearInterval(timer)
          reject(new CancelledError({ message: 'the operation was cancelled', cause: signal.reason }))
        })
      })
    }
  }
}
