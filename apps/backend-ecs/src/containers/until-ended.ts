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
  } finally {
    over.abort()
    slowDown()
  }
}
