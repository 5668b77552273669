import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace'

export interface SpanIds {
  readonly traceId: string
  readonly spanId: string
}

/** Random ids, but for a span whose ids other processes have already told of. */
export class PresetIds implements IdGenerator {
  readonly #random = new RandomIdGenerator()
  #preset: SpanIds | undefined

  /** `start` begins one span, at once. */
  use<Result>(ids: SpanIds, start: () => Result): Result {
    this.#preset = ids
    try {
      return start()
    } finally {
      this.#preset = undefined
    }
  }

  generateTraceId(): string {
    return this.#preset?.traceId ?? this.#random.generateTraceId()
  }

  generateSpanId(): string {
    return this.#preset?.spanId ?? this.#random.generateSpanId()
  }
}
