import { badRequest, noSuch } from '../errors/docker-error.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { StateStore } from '../store/state-store.ts'

/** By id, name, or the beginning of an id; undefined when there is none. Throws 400 when several begin so. */
export function lookUpContainer(
  { containers }: Pick<StateStore, 'containers'>,
  name: string,
): ContainerRecord | undefined {
  const exact = containers.get(name) ?? containers.byName(name.replace(/^\//, ''))
  if (exact !== undefined) return exact
  if (!/^[0-9a-f]+$/.test(name)) return undefined
  const [found, another] = containers.byKeyPrefix(name)
  if (another !== undefined) throw badRequest(`Multiple IDs found with provided prefix: ${name}`)
  return found
}

/** Throws 404 when there is none. */
export function findContainer(store: Pick<StateStore, 'containers'>, name: string): ContainerRecord {
  const found = lookUpContainer(store, name)
  if (found === undefined) throw noSuch('container', name)
  return found
}
