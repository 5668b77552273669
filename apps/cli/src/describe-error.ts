import type { ApiError, ConnectionError, ProblemCode } from '@landlord/api-contract'
import { CommanderError } from 'commander'
import { CliError } from './cli-error.ts'
import type { ExitReason } from './exit-codes.ts'

/** An error as a person and a script are told about it. */
export interface ErrorReport {
  readonly reason: ExitReason
  readonly message: string
  /** Every problem in the input, by JSON pointer. */
  readonly issues: readonly { readonly pointer: string; readonly message: string }[]
  readonly wayOut: readonly string[]
  /** Only where the server answered. */
  readonly code?: string
  readonly requestId?: string
  /** Only where nothing foresaw this error: it should be reported. */
  readonly stack?: string
}

export async function describeError(error: unknown): Promise<ErrorReport> {
  if (error instanceof CliError) return plain(error.reason, error.message, error.wayOut)
  if (error instanceof CommanderError) return fromCommander(error)
  const { ApiError, ConnectionError } = await import('@landlord/api-contract')
  if (ApiError.isInstance(error)) return fromApi(error)
  if (ConnectionError.isInstance(error)) return fromConnection(error)
  const { SettingsError } = await import('@landlord/settings')
  if (SettingsError.isInstance(error)) {
    return plain('invalid', error.message, ['correct what is named, then check with: landlord config check'])
  }
  return unforeseen(error)
}

function unforeseen(error: unknown): ErrorReport {
  const known = error instanceof Error ? error : new Error(String(error))
  return {
    ...plain('failure', known.message, ['nobody foresaw this error; please report it with the lines below']),
    ...(known.stack === undefined ? {} : { stack: known.stack }),
  }
}

function plain(reason: ExitReason, message: string, wayOut: readonly string[] = []): ErrorReport {
  return { reason, message, wayOut, issues: [] }
}

function fromCommander(error: CommanderError): ErrorReport {
  return plain('usage', error.message.replace(/^error: /, ''), ['landlord --help, or landlord <command> --help'])
}

function fromConnection(error: ConnectionError): ErrorReport {
  return plain('unreachable', error.message, [
    'start a server on this machine with: landlord dev',
    'or say where it is: --api-url, LANDLORD_API_URL, or cli.api_url in landlord.yaml',
  ])
}

const REASONS: Readonly<Record<ProblemCode, ExitReason>> = {
  invalid_request: 'invalid',
  invalid_config: 'invalid',
  unauthorized: 'failure',
  forbidden: 'failure',
  not_found: 'not_found',
  method_not_allowed: 'failure',
  wait_timeout: 'wait_timeout',
  conflict: 'conflict',
  precondition_failed: 'conflict',
  payload_too_large: 'invalid',
  unsupported_media_type: 'invalid',
  idempotency_key_reused: 'conflict',
  rate_limited: 'failure',
  internal: 'failure',
  unavailable: 'failure',
}

const WAYS_OUT: Partial<Readonly<Record<ProblemCode, string | readonly string[]>>> = {
  invalid_config: 'see what the provider takes with: landlord compute schema <provider>',
  unauthorized: [
    'give a token: LANDLORD_TOKEN, --token, or cli.token in landlord.yaml',
    'an admin makes one with: landlord token create; the first one, on the server: landlord-server token create',
  ],
  forbidden: 'ask an admin for a token that may do this: landlord token create --scope <scope> [--selector <selector>]',
  not_found: 'see what there is with: landlord list',
  precondition_failed: 'read it again with: landlord get, then repeat the change',
  unavailable: 'it is safe to try again; see what is down with: landlord version',
  internal: "the server's log has the request id below",
}

function fromApi(error: ApiError): ErrorReport {
  const { problem } = error
  const wayOut = WAYS_OUT[problem.code]
  const wait = error.retryAfterSeconds === undefined ? [] : [`try again in ${error.retryAfterSeconds} s`]
  return {
    reason: REASONS[problem.code] ?? 'failure',
    message: problem.detail,
    issues: problem.errors ?? [],
    wayOut: [...[wayOut ?? []].flat(), ...wait],
    code: problem.code,
    requestId: problem.request_id,
  }
}
