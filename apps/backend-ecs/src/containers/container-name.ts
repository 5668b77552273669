import { adjectives, animals, uniqueNamesGenerator } from 'unique-names-generator'
import { badRequest, conflict } from '../errors/docker-error.ts'
import type { StateStore } from '../store/state-store.ts'

const NAME = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/** Without the slash in front. Throws 400 in Docker's words. */
export function checkName(name: string): string {
  if (NAME.test(name)) return name.replace(/^\//, '')
  throw badRequest(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`)
}

/** For a container that nobody named: `brave_otter`. */
export const randomName = (): string => uniqueNamesGenerator({ dictionaries: [adjectives, animals], separator: '_' })

/** Throws 409 in Docker's words when a container has the name. */
export function refuseTakenName({ containers }: Pick<StateStore, 'containers'>, name: string): void {
  const other = containers.byName(name)
  if (other === undefined) return
  throw conflict(
    `Conflict. The container name "/${name}" is already in use by container "${other.id}". You have to remove (or rename) that container to be able to reuse that name.`,
  )
}
