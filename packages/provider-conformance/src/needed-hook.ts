import type { Bench } from './bench.ts'
import { ConformanceError } from './conformance-error.ts'

/** A member of the harness that the manifest calls for. Throws `ConformanceError` where it is missing. */
export function neededHook<Name extends 'containers' | 'secret'>(
  { harness }: Bench,
  name: Name,
  capability: string,
): NonNullable<Bench['harness'][Name]> {
  const value = harness[name]
  if (value === undefined || value === null) {
    throw new ConformanceError(`the manifest declares \`${capability}\`, so the harness needs \`${name}\``)
  }
  return value
}
