import {
  AccessDeniedError,
  ComputeError,
  type ComputeErrorOptions,
  ConflictError,
  InvalidSpecError,
  ProvisionFailedError,
  QuotaExceededError,
  ThrottledError,
  UnavailableError,
} from '@landlord/compute-core'

export interface DockerErrorContext {
  /** What was being done, in a person's words. */
  readonly action: string
}

type Build = (options: ComputeErrorOptions) => ComputeError

interface Rule {
  readonly pattern: RegExp
  /** A stable code, in `details.reason`. */
  readonly reason: string
  readonly fix: string
  readonly build: Build
}

const provisionFailed: Build = (options) => new ProvisionFailedError(options)
const unavailable: Build = (options) => new UnavailableError(options)
const accessDenied: Build = (options) => new AccessDeniedError(options)
const conflict: Build = (options) => new ConflictError(options)
const quotaExceeded: Build = (options) => new QuotaExceededError(options)
const throttled: Build = (options) => new ThrottledError(options)

/** The reason of an engine's refusal to speak the negotiated version. */
export const VERSION_CHANGED = 'version_changed'

/** The engine puts many of its failures behind status 500, so the text decides first. The first match wins. */
const RULES: readonly Rule[] = [
  {
    pattern: /client version .* is too (old|new)/i,
    reason: VERSION_CHANGED,
    fix: 'the engine was replaced by one of another version; try again, and the versions are negotiated anew',
    build: unavailable,
  },
  {
    pattern: /toomanyrequests|too many requests|pull rate limit/i,
    reason: 'registry_throttled',
    fix: 'wait, sign in with registry_auth, or use a mirror',
    build: throttled,
  },
  {
    pattern:
      // The runtime's "permission denied" is about a file, not a registry.
      /^(?!.*(OCI runtime|failed to create (shim )?task)).*(no basic auth credentials|unauthorized|authentication required|incorrect username or password|pull access denied|denied:)/is,
    reason: 'pull_denied',
    fix: 'check the image name and registry_auth',
    build: accessDenied,
  },
  {
    pattern:
      /no such image|manifest unknown|manifest for .* not found|name unknown|repository .* not found|unknown blob|no matching manifest/i,
    reason: 'image_not_found',
    fix: 'check the name and tag of the image, and that it is in the registry or on the engine',
    build: provisionFailed,
  },
  {
    pattern: /invalid reference format|invalid repository name|repository name must be/i,
    reason: 'invalid_image',
    fix: 'write the image as name:tag or name@sha256:digest',
    build: (options) =>
      new InvalidSpecError({
        issues: [{ path: '/image', keyword: 'rule', message: options.message }],
        cause: options.cause,
      }),
  },
  {
    pattern: /port is already allocated|address already in use/i,
    reason: 'port_taken',
    fix: 'choose another host_port, or leave it out so that the engine picks a free one',
    build: provisionFailed,
  },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    reason: 'disk_full',
    fix: 'free space on the engine (docker system df, docker image prune)',
    build: quotaExceeded,
  },
  {
    pattern:
      /non-overlapping IPv4 address pool|no available IPv4 addresses|Pool overlaps|all predefined address pools/i,
    reason: 'addresses_exhausted',
    fix: 'set subnet_pool, use network_isolation "shared", or add default-address-pools to the engine',
    build: quotaExceeded,
  },
  {
    pattern: /container name .* is already in use|network with name .* already exists/i,
    reason: 'name_taken',
    fix: 'rename or remove what holds the name, or choose another label_prefix',
    build: conflict,
  },
  {
    pattern: /\bnetwork \S+ (not found|is ambiguous)/i,
    reason: 'network_changed',
    fix: 'another call made or removed it at the same moment; try again',
    build: unavailable,
  },
  {
    pattern: /bind source path does not exist|bind mount source .* does not exist/i,
    reason: 'bind_source_missing',
    fix: 'create the folder on the engine’s host',
    build: provisionFailed,
  },
  {
    pattern: /unable to find (user|group)/i,
    reason: 'user_not_found',
    fix: 'give a user that is in the image’s /etc/passwd, or a number',
    build: provisionFailed,
  },
  {
    pattern: /executable file not found|exec: |exec format error|exec user process/i,
    reason: 'command_failed',
    fix: 'check command, args and working_dir against what the image contains',
    build: provisionFailed,
  },
  {
    pattern: /device or resource busy|memory limit should be/i,
    reason: 'limit_refused',
    fix: 'the container uses more than the new limit; choose a higher one, or let it use less first',
    build: provisionFailed,
  },
  {
    pattern: /OCI runtime|failed to create (shim )?task/i,
    reason: 'start_failed',
    fix: 'check the resources and the command',
    build: provisionFailed,
  },
  {
    pattern: /host denied|handshake failed|all configured authentication methods failed/i,
    reason: 'ssh_denied',
    fix: 'check ssh_host_fingerprint and the keys of the SSH agent',
    build: accessDenied,
  },
  {
    pattern: /could not find plugin|plugin .* not found/i,
    reason: 'unknown_driver',
    fix: 'choose a network_driver that the engine has (docker info lists them)',
    build: provisionFailed,
  },
  {
    pattern:
      /dial tcp|no such host|connection refused|i\/o timeout|TLS handshake timeout|server gave HTTP response|certificate/i,
    reason: 'registry_unavailable',
    fix: 'check that the engine can reach the registry',
    build: unavailable,
  },
]

const DOWN = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ECONNRESET',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
])
const DENIED = new Set(['EACCES', 'EPERM'])

/** The contract's error for whatever dockerode rejected with; contract errors pass through. */
export function mapDockerError(error: unknown, context: DockerErrorContext): ComputeError {
  if (ComputeError.isInstance(error)) return error
  const { code, statusCode, text } = read(error)
  const say = (explanation: string, reason: string): ComputeErrorOptions => ({
    message: `${context.action} failed: ${explanation}`,
    details: { reason, ...(statusCode === undefined ? {} : { status: statusCode }) },
    cause: error,
  })
  if (statusCode === undefined) {
    if (code !== undefined && DENIED.has(code))
      return new AccessDeniedError(
        say(
          'no permission on the Docker Engine’s socket; add this user to its group (docker) or change host',
          'socket_denied',
        ),
      )
    if (code !== undefined && DOWN.has(code))
      return new UnavailableError(
        say(`the Docker Engine does not answer (${text}); start it, or correct host or DOCKER_HOST`, 'engine_down'),
      )
  }
  const rule = RULES.find(({ pattern }) => pattern.test(text))
  if (rule !== undefined) return rule.build(say(`${text}; ${rule.fix}`, rule.reason))
  return byStatus(statusCode, say, text)
}

function byStatus(
  statusCode: number | undefined,
  say: (explanation: string, reason: string) => ComputeErrorOptions,
  text: string,
): ComputeError {
  switch (statusCode) {
    case 400:
      return new ProvisionFailedError(say(`the Docker Engine refused a parameter: ${text}`, 'invalid_parameter'))
    case 401:
      return new AccessDeniedError(say(text, 'access_denied'))
    case 403:
      return new ConflictError(say(`the Docker Engine forbids it: ${text}`, 'forbidden'))
    case 404:
      return new UnavailableError(say(`${text}; it was removed meanwhile, try again`, 'gone'))
    case 409:
      return new ConflictError(say(text, 'conflict'))
    case 429:
      return new ThrottledError(say(`${text}; wait and try again`, 'throttled'))
    default:
      return new UnavailableError(say(`${text}; see the engine's log if it goes on`, 'engine_error'))
  }
}

interface VendorError {
  readonly code: string | undefined
  readonly statusCode: number | undefined
  readonly text: string
}

function read(error: unknown): VendorError {
  if (!(error instanceof Error)) return { code: undefined, statusCode: undefined, text: String(error) }
  const { code, statusCode, json } = error as { code?: unknown; statusCode?: unknown; json?: { message?: unknown } }
  const message =
    typeof json?.message === 'string' ? json.message : error.message.replace(/^\(HTTP code \d+\) [^-]* - /, '')
  return {
    code: typeof code === 'string' ? code : undefined,
    statusCode: typeof statusCode === 'number' ? statusCode : undefined,
    text: message.trim(),
  }
}

/** Whether the engine answered that the thing is not there. */
export function isGone(error: unknown): boolean {
  return statusOf(error) === 404
}

/** The engine's HTTP status behind a mapped error. */
export function statusOf(error: unknown): number | undefined {
  const status = ComputeError.isInstance(error) ? error.details.status : undefined
  return typeof status === 'number' ? status : undefined
}

/** The stable code behind a mapped error, e.g. `port_taken`. */
export function reasonOf(error: unknown): string | undefined {
  const reason = ComputeError.isInstance(error) ? error.details.reason : undefined
  return typeof reason === 'string' ? reason : undefined
}
