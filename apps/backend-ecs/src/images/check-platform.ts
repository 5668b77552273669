import { notOnEcs } from '../errors/docker-error.ts'

/** Throws 501 for a platform that tasks do not run on. */
export function checkPlatform(platform: string | undefined, architecture: 'X86_64' | 'ARM64'): void {
  if (platform === undefined || platform === '') return
  const own =
    architecture === 'ARM64' ? ['linux/arm64', 'linux/arm64/v8', 'linux/aarch64'] : ['linux/amd64', 'linux/x86_64']
  if (own.includes(platform)) return
  throw notOnEcs(`--platform ${platform}`, `tasks of this backend run on ${own[0]} (ecs.cpu_architecture)`)
}
