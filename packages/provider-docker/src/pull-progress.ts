import type { ProgressEvent } from './read-json-lines.ts'

const DONE = new Set(['Pull complete', 'Already exists'])
const LAYER = new Set([
  'Pulling fs layer',
  'Waiting',
  'Downloading',
  'Verifying Checksum',
  'Download complete',
  'Extracting',
  ...DONE,
])

/** Counts layers in the engine's events. */
export class PullProgress {
  readonly #image: string
  readonly #layers = new Map<string, boolean>()

  constructor(image: string) {
    this.#image = image
  }

  /** A message for a person whenever the count changes. */
  add({ id, status }: ProgressEvent): string | undefined {
    if (id === undefined || status === undefined || !LAYER.has(status)) return undefined
    const done = DONE.has(status)
    if (this.#layers.get(id) === done) return undefined
    this.#layers.set(id, done)
    const finished = [...this.#layers.values()].filter(Boolean).length
    return `pulling image ${this.#image}: ${finished} of ${this.#layers.size} layers`
  }
}
