import { connect } from 'node:net'
import type { DiagnosisCheck } from '@landlord/api-contract'

const CONNECT_TIMEOUT_MS = 2000

type Finding = Pick<DiagnosisCheck, 'status' | 'message' | 'fix'>

/** Why no server answers at `apiUrl`: nobody listens there, or somebody else, or the way there is shut. */
export async function checkSilence(apiUrl: string, why: string): Promise<Finding> {
  const { hostname, port, protocol } = new URL(apiUrl)
  const listening = await tryToConnect(
    hostname.replace(/^\[|\]$/g, ''),
    Number(port) || (protocol === 'https:' ? 443 : 80),
  )
  return { status: 'error', ...explain(apiUrl, why, listening) }
}

function explain(apiUrl: string, why: string, outcome: string): Pick<Finding, 'message' | 'fix'> {
  switch (outcome) {
    case 'connected':
      return {
        message: `something listens at ${apiUrl}, but does not answer as Landlord: ${why}`,
        fix: 'see which program has the port (ss -ltnp, or lsof -i), or name the right server with --api-url',
      }
    case 'ECONNREFUSED':
      return {
        message: `nothing listens at ${apiUrl}`,
        fix: 'start a server (landlord dev, or landlord-server), or name the right one with --api-url or LANDLORD_API_URL',
      }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        message: `the name in ${apiUrl} is not known`,
        fix: 'correct --api-url, LANDLORD_API_URL or cli.api_url',
      }
    default:
      return {
        message: `${apiUrl} cannot be reached: ${outcome}`,
        fix: 'see whether a firewall is in the way, and whether the machine is up',
      }
  }
}

function tryToConnect(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (outcome: string) => {
      socket.destroy()
      resolve(outcome)
    }
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => end(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`))
    socket.once('connect', () => end('connected'))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}
