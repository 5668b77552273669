import { getOwn, isJsonObject, type JsonObject, setOwn } from './json.ts'
import { type KeyPath, toPointer } from './key-path.ts'
import type { SettingSource } from './setting-source.ts'
import type { Assignment } from './settings-layer.ts'

/** The settings while layers are laid over each other, lowest first, with the source of everything in them. */
export class SettingsTree {
  readonly values: JsonObject = {}
  readonly #placed = new Map<string, Assignment['sourceAt']>()

  place({ kind, path, value, sourceAt }: Assignment): void {
    const parent = this.#open(path.slice(0, -1))
    const last = path.at(-1)
    if (parent === undefined || (kind === 'section' && this.#open(path) === undefined)) return
    const pointer = toPointer(path)
    if (kind === 'value') {
      for (const below of this.#placed.keys()) if (below.startsWith(`${pointer}/`)) this.#placed.delete(below)
      if (last !== undefined) setOwn(parent, last, structuredClone(value))
    }
    this.#placed.set(pointer, sourceAt)
  }

  /** Notes the source of a value that somebody else has put there. */
  note(path: KeyPath, source: SettingSource): void {
    this.#placed.set(toPointer(path), () => source)
  }

  /** The source of the value at a path, or of the nearest value around it. */
  sourceAt(path: KeyPath): SettingSource | undefined {
    for (let length = path.length; length >= 0; length -= 1) {
      const found = this.#placed.get(toPointer(path.slice(0, length)))
      if (found !== undefined) return found(path)
    }
    return undefined
  }

  // A scalar where an object belongs stays and stops what would go below it, so that validation finds and names it.
  #open(path: KeyPath): JsonObject | undefined {
    let at = this.values
    for (const key of path) {
      const below = getOwn(at, key) ?? {}
      if (!isJsonObject(below)) return undefined
      if (below !== getOwn(at, key)) setOwn(at, key, below)
      at = below
    }
    return at
  }
}
