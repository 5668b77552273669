import { existsSync, readFileSync } from 'node:fs'
import { sync as writeFileAtomically } from 'write-file-atomic'
import { createWorld, type World } from './world.ts'

const FORMAT = 1

interface SavedState {
  readonly format: number
  /** The emulator's time when it was saved; it never runs behind it afterwards. */
  readonly savedAt: number
  readonly world: World
}

/** Where the emulator keeps its state between runs: one JSON file, replaced whole. */
export interface StateFile {
  readonly savedAt: number
  readonly world: World
  save(world: World, now: number): void
}

/** Opens the file, or begins with an empty account where there is none. @throws when it is not such a file. */
export function openStateFile(path: string): StateFile {
  const { savedAt, world } = existsSync(path) ? read(path) : { savedAt: 0, world: createWorld() }
  return {
    savedAt,
    world,
    save: (content, now) =>
      writeFileAtomically(path, JSON.stringify({ format: FORMAT, savedAt: now, world: content } satisfies SavedState)),
  }
}

function read(path: string): SavedState {
  const saved = JSON.parse(readFileSync(path, 'utf8')) as Partial<SavedState>
  if (saved.format !== FORMAT || saved.world === undefined || saved.savedAt === undefined) {
    const message = `${path} must be a state file of format ${FORMAT}, but has format ${saved.format}. Give another file.`
    throw new Error(message)
  }
  return { format: FORMAT, savedAt: saved.savedAt, world: { ...createWorld(), ...saved.world } }
}
