import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const PREFIX = 'backend-ecs-load-'
/** No load takes so long; one that was cut off by the end of its process is not gone on with. */
const LEFT_AFTER_MS = 86_400_000

/** Makes a folder for one archive, and takes away those that processes have left behind that died. */
export async function makeLoadFolder(parent: string, now: Date): Promise<string> {
  for (const name of (await readdir(parent)).filter((entry) => entry.startsWith(PREFIX))) {
    const path = join(parent, name)
    const changedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    if (changedAt === undefined || now.getTime() - changedAt < LEFT_AFTER_MS) continue
    // Others may do the same, and it may be somebody else's.
    await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
  return await mkdtemp(join(parent, PREFIX))
}
