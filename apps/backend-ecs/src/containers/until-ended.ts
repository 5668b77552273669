import { DockerError } from '../errors/docker-error.ts'
import type { ContainerDeps } from './container-deps.ts'

/** Resolves when nothing of the container runs any more. Rejects when AWS refuses to let that be seen. */
export async function untilEnded(
  { changes, watch, closing }: Pick<ContainerDeps, 'changes' | 'watch' | 'closing'>,
  id: string,
): Promise<void> {
  const over = new AbortController()
  const slowDown = watch.hurry()
  try {
    const ended = changes.until(id, (current) => current?.live !== true, AbortSignal.any([closing, over.signal]))
    await Promise.race([ended, watch.refused(over.signal)])
  } catch (cause) {
    if (!closing.aborted) throw cause
    throw new DockerError({ status: 503, message: 'backend-ecs stops; the container goes on ending', cause })
  } finally {
    over.abort()
    slowDown()
  }
}
