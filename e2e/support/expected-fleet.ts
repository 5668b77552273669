import { ApiError, ConnectionError, type LandlordClient, type Tenant } from '@landlord/api-contract'

/** What one tenant was last asked to be; `undefined` is deleted. */
export interface Wish {
  readonly provider: string
  readonly config: Record<string, unknown> | undefined
}

/** Remembers what was last asked of each tenant, and repeats a request until the server has answered it. */
export class ExpectedFleet {
  readonly wishes = new Map<string, Wish>()
  readonly ids = new Map<string, string>()
  readonly #client: LandlordClient

  constructor(client: LandlordClient) {
    this.#client = client
  }

  async create(name: string, provider: string, config: Record<string, unknown>): Promise<void> {
    this.wishes.set(name, { provider, config })
    const body = { name, compute_provider: provider, compute_config: config }
    const answer = await untilAnswered(() => this.#client.createTenant({ body }))
    this.ids.set(name, (answer.body as Tenant).id)
  }

  async change(name: string, config: Record<string, unknown>): Promise<void> {
    const provider = this.wishes.get(name)?.provider ?? ''
    this.wishes.set(name, { provider, config })
    const input = { params: { tenant: name }, body: { compute_provider: provider, compute_config: config } }
    await untilAnswered(() => this.#client.replaceTenant(input))
  }

  async delete(name: string): Promise<void> {
    const provider = this.wishes.get(name)?.provider ?? ''
    this.wishes.set(name, { provider, config: undefined })
    try {
      await untilAnswered(() => this.#client.deleteTenant({ params: { tenant: name } }))
    } catch (error) {
      // The request before the one that was answered may have been carried out.
      if (!ApiError.isInstance(error) || error.status !== 404) throw error
    }
  }
}

const PAUSE_MS = 100

/** A request whose answer was lost to a crash is sent again, as any client would. */
export async function untilAnswered<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await send()
    } catch (error) {
      const isOutage = ConnectionError.isInstance(error) || (ApiError.isInstance(error) && error.status === 503)
      if (!isOutage) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}
