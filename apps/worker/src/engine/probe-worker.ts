import { request } from 'undici'

const PROBE_MS = 1000
/** So often in a row without an answer, and a worker counts as gone. */
const SILENT_PROBES = 3

/** Whether nobody will answer at a deployment's address any more. Remembers how often it was silent. */
export type IsGone = (uri: string) => Promise<boolean>

export function createProbe(): IsGone {
  const silences = new Map<string, number>()
  return async (uri) => {
    const presence = await probe(uri)
    const count = presence === 'silent' ? (silences.get(uri) ?? 0) + 1 : 0
    silences.set(uri, count)
    return presence === 'gone' || count >= SILENT_PROBES
  }
}

// `gone`: nobody listens. `silent`: no answer in time, for which a busy machine is reason enough.
async function probe(uri: string): Promise<'alive' | 'silent' | 'gone'> {
  try {
    const { body } = await request(new URL('/health', uri), { signal: AbortSignal.timeout(PROBE_MS), reset: true })
    await body.dump()
    return 'alive'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED' ? 'gone' : 'silent'
  }
}
