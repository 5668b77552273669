import { adjectives, animals, uniqueNamesGenerator } from 'unique-names-generator'
import { badRequest } from '../errors/docker-error.ts'

const NAME = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/** Without the slash in front. Throws 400 in Docker's words. */
export function checkName(name: string): string {
  if (NAME.test(name)) return name.replace(/^\//, '')
  throw badRequest(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`)
}

/** For a container that nobody named: `brave_otter`. */
export const randomName = (): string => uniqueNamesGenerator({ dictionaries: [adjectives, animals], separator: '_' })
