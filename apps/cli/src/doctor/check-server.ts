import { ApiError, ConnectionError, type Diagnosis, type DiagnosisCheck } from '@landlord/api-contract'
import { CLI_VERSION } from '../cli-version.ts'
import { describeError } from '../describe-error.ts'
import { formatDuration } from '../render/format-time.ts'
import type { Session } from '../session.ts'
import { checkSilence } from './check-silence.ts'

/** Ages and deadlines look wrong beyond this. */
const LARGEST_SKEW_MS = 5000

export interface ServerView {
  readonly checks: readonly DiagnosisCheck[]
  readonly stuck: Diagnosis['stuck']
  /** No server answers. */
  readonly isSilent: boolean
}

/** What the server finds, and how it gets on with this program. */
export async function checkServer(session: Session, { deep }: { readonly deep: boolean }): Promise<ServerView> {
  const { client, apiUrl, context } = session
  const askedAt = context.now()
  try {
    const { body } = await client.getDiagnosis({ query: { deep } })
    const clock = checkSkew(body.server_time, askedAt, context.now())
    return {
      checks: [
        checkVersion(body.version, apiUrl),
        clock,
        ...body.checks.filter(({ name }) => name !== 'clock' || clock.status === 'ok'),
      ],
      stuck: body.stuck,
      isSilent: false,
    }
  } catch (error) {
    if (ApiError.isInstance(error)) return { checks: [await refused(error, apiUrl)], stuck: [], isSilent: false }
    if (!ConnectionError.isInstance(error)) throw error
    const finding = await checkSilence(apiUrl, error.message)
    return { checks: [{ name: 'server', ...finding }], stuck: [], isSilent: true }
  }
}

function checkVersion(version: string, apiUrl: string): DiagnosisCheck {
  if (version === CLI_VERSION) return { name: 'server', status: 'ok', message: `version ${version} at ${apiUrl}` }
  return {
    name: 'server',
    status: 'warning',
    message: `version ${version} at ${apiUrl}, this program is ${CLI_VERSION}`,
    fix: 'fine during an upgrade; afterwards upgrade whichever is older',
  }
}

// The server looked at its clock at some moment between the two.
function checkSkew(serverTime: string, askedAt: number, answeredAt: number): DiagnosisCheck {
  const theirs = Date.parse(serverTime)
  const skew = Math.max(0, askedAt - theirs, theirs - answeredAt)
  if (skew <= LARGEST_SKEW_MS)
    return { name: 'clock here', status: 'ok', message: 'this machine agrees with the server' }
  return {
    name: 'clock here',
    status: 'warning',
    message: `this machine's clock is ${formatDuration(skew)} away from the server's`,
    fix: 'keep the clocks of all machines with NTP: timedatectl tells',
  }
}

async function refused(error: ApiError, apiUrl: string): Promise<DiagnosisCheck> {
  const { message, wayOut } = await describeError(error)
  const isOld = error.status === 404
  return {
    name: 'server',
    status: 'error',
    message: isOld
      ? `the server at ${apiUrl} is too old to be diagnosed`
      : `${apiUrl} refuses to be diagnosed: ${message}`,
    fix: isOld ? 'upgrade it; landlord version shows what it depends on' : (wayOut[0] ?? 'use a token of scope admin'),
  }
}
