import { type AgentOptions, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** Reads may be repeated freely; a write that was lost on the way may have happened. */
export type AwsAccess = 'read' | 'write'

export interface ClientLimits {
  /** Attempts in all, the first one included. */
  readonly maxAttempts: number
  /** Until the connection stands. */
  readonly connectTimeoutMs: number
  /** From sending to the first byte of the answer, per attempt. */
  readonly requestTimeoutMs: number
  /** Connections per host, shared by all clients of the same access. */
  readonly maxSockets: number
}

export const DEFAULT_LIMITS: Readonly<Record<AwsAccess | 'sts', ClientLimits>> = {
  read: { maxAttempts: 6, connectTimeoutMs: 3000, requestTimeoutMs: 15_000, maxSockets: 50 },
  // CreateService and UpdateService do more before they answer, and fewer attempts leave less to find out afterwards.
  write: { maxAttempts: 4, connectTimeoutMs: 3000, requestTimeoutMs: 30_000, maxSockets: 50 },
  sts: { maxAttempts: 4, connectTimeoutMs: 3000, requestTimeoutMs: 10_000, maxSockets: 10 },
}

/** Connections that outlive any one client, and that nothing but `close` ends. */
export interface SocketPool {
  createHandler(): NodeHttpHandler
  close(): void
}

/**
 * `requestTimeout` alone only logs a warning in this SDK; `throwOnRequestTimeout` makes it an error. The handler's
 * `destroy` would end the shared agents, so clients are dropped without it.
 */
export function createSocketPool(limits: ClientLimits, agentOptions: AgentOptions = {}): SocketPool {
  const { connectTimeoutMs, requestTimeoutMs, maxSockets } = limits
  const httpAgent = new HttpAgent({ keepAlive: true, maxSockets, ...agentOptions })
  const httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets, ...agentOptions })
  return {
    createHandler: () =>
      new NodeHttpHandler({
        connectionTimeout: connectTimeoutMs,
        requestTimeout: requestTimeoutMs,
        throwOnRequestTimeout: true,
        httpAgent,
        httpsAgent,
      }),
    close() {
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}
