import { ApiError, ConnectionError, type LandlordClient, type Tenant } from '@landlord/api-contract'

/** What one tenant was last asked to be; `undefined` is deleted. */
export interface Wish {
  readonly provider: string
  readonly config: Record<string, unknown> | undefined
  readonly isSuspended: boolean
}

export const TURNS = ['suspend', 'resume', 'restart'] as const

/** Remembers what was last asked of each tenant, and repeats a request until the server has answered it. */
export class ExpectedFleet {
  readonly wishes = new Map<string, Wish>()
  readonly ids = new Map<string, string>()
  /** How many requests were answered. */
  changes = 0
  readonly #client: LandlordClient

  constructor(client: LandlordClient) {
    this.#client = client
  }

  async create(name: string, provider: string, config: Record<string, unknown>): Promise<void> {
    this.wishes.set(name, { provider, config, isSuspended: false })
    const body = { name, compute_provider: provider, compute_config: config }
    const answer = await untilAnswered(() => this.#client.createTenant({ body }))
    this.ids.set(name, (answer.body as Tenant).id)
    this.changes += 1
  }

  /** Once more after its deletion, as soon as the one before is gone. */
  async recreate(name: string, provider: string, config: Record<string, unknown>): Promise<void> {
    const before = this.ids.get(name) ?? ''
    const query = { until: 'gone', timeout: LONGEST_WAIT_SECONDS }
    try {
      await untilAnswered(() => this.#client.waitForTenant({ params: { tenant: before }, query }))
    } catch (error) {
      if (!ApiError.isInstance(error) || error.status !== 404) throw error
    }
    await this.create(name, provider, config)
  }

  async change(name: string, config: Record<string, unknown>): Promise<void> {
    const { provider = '', isSuspended = false } = this.wishes.get(name) ?? {}
    // A suspended tenant is changed, and stays suspended.
    this.wishes.set(name, { provider, config, isSuspended })
    const input = { params: { tenant: name }, body: { compute_provider: provider, compute_config: config } }
    await untilAnswered(() => this.#client.replaceTenant(input))
    this.changes += 1
  }

  async turn(name: string, verb: (typeof TURNS)[number]): Promise<void> {
    const { provider = '', config, isSuspended = false } = this.wishes.get(name) ?? {}
    this.wishes.set(name, { provider, config, isSuspended: verb === 'restart' ? isSuspended : verb === 'suspend' })
    try {
      await untilAnswered(() => this.#client[`${verb}Tenant`]({ params: { tenant: name } }))
      this.changes += 1
    } catch (error) {
      // Where nothing runs yet, or is meant to, there is nothing to restart.
      if (verb !== 'restart' || !ApiError.isInstance(error) || error.status !== 409) throw error
    }
  }

  async delete(name: string): Promise<void> {
    const provider = this.wishes.get(name)?.provider ?? ''
    this.wishes.set(name, { provider, config: undefined, isSuspended: false })
    try {
      await untilAnswered(() => this.#client.deleteTenant({ params: { tenant: name } }))
    } catch (error) {
      // The request before the one that was answered may have been carried out.
      if (!ApiError.isInstance(error) || error.status !== 404) throw error
    }
  }
}

const PAUSE_MS = 100
const LONGEST_WAIT_SECONDS = 10
/** A wait that ended before the tenant got there, and a server that cannot just now. */
const AGAIN = [408, 503]

/** A request whose answer was lost to a crash is sent again, as any client would. */
export async function untilAnswered<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await send()
    } catch (error) {
      const isAgain = ApiError.isInstance(error) && AGAIN.includes(error.status)
      if (!ConnectionError.isInstance(error) && !isAgain) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}
