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

/** Opens the file, or begins with an empty account where there is none. @throws when it is not such a file, or cannot be written. */
export function openStateFile(path: string): StateFile {
  const { savedAt, world } = existsSync(path) ? read(path) : { savedAt: 0, world: createWorld() }
  const save = (content: World, now: number): void => {
    const state: SavedState = { format: FORMAT, savedAt: now, world: content }
    try {
      // Renamed whole, it survives the process at any moment. To survive the machine too would double what every change costs.
      writeFileAtomically(path, JSON.stringify(state), { fsync: false })
    } catch (cause) {
      throw new Error(`The state file ${path} cannot be written: ${messageOf(cause)}`, { cause })
    }
  }
  // Better known now than with the first change.
  save(world, savedAt)
  return { savedAt, world, save }
}

function read(path: string): SavedState {
  const saved = parse(path, readText(path))
  if (saved?.format !== FORMAT || saved.world === undefined || saved.savedAt === undefined) {
    const message = `${path} must be a state file of format ${FORMAT}, but has format ${saved?.format}. Give another file.`
    throw new Error(message)
  }
  return { format: FORMAT, savedAt: saved.savedAt, world: { ...createWorld(), ...saved.world } }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`The state file ${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function parse(path: string, text: string): Partial<SavedState> | null {
  try {
    return JSON.parse(text) as Partial<SavedState> | null
  } catch (cause) {
    throw new Error(`The state file ${path} is empty or no JSON: ${messageOf(cause)}. Give another file.`, { cause })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
