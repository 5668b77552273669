import { posix } from 'node:path'

// Whoever reaches one of these sockets is root on the host.
const ENGINE_SOCKETS = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/var/run/containerd/containerd.sock',
  '/run/containerd/containerd.sock',
  '/var/run/podman/podman.sock',
  '/run/podman/podman.sock',
]

export interface BindMountPolicy {
  readonly allowed: readonly string[]
  /** The socket in use, where it is another than the usual ones. */
  readonly socketPath?: string | undefined
}

/** Why a folder of the host must not be mounted; undefined when it may. Symbolic links are not followed here. */
export function checkBindMount(source: string, policy: BindMountPolicy): string | undefined {
  if (!posix.isAbsolute(source)) return 'must be an absolute path'
  const path = normalisePath(source)
  const sockets =
    policy.socketPath === undefined ? ENGINE_SOCKETS : [...ENGINE_SOCKETS, normalisePath(policy.socketPath)]
  if (sockets.some((socket) => isWithin(socket, path)))
    return 'would give access to the engine’s socket, and with it the whole host'
  if (policy.allowed.some((prefix) => isWithin(path, normalisePath(prefix)))) return undefined
  return policy.allowed.length === 0
    ? 'is a folder of the host, and the operator allows none; use a volume'
    : `is outside the folders that the operator allows (${policy.allowed.join(', ')})`
}

/** `.` and `..` resolved, repeated and trailing slashes gone. */
function normalisePath(path: string): string {
  const normal = posix.normalize(path)
  return normal === '/' ? normal : normal.replace(/\/+$/, '')
}

function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}
