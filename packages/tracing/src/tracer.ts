/** Plain facts; never a configuration, a secret, or a message that a target wrote. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface SpanStart {
  readonly name: string
  /** `server` answers somebody, `client` asks somebody. Default: neither. */
  readonly kind?: 'server' | 'client'
  /** W3C `traceparent`. Absent or malformed: the span begins a trace. */
  readonly parent?: string | undefined
  /** Default: now. */
  readonly startedAt?: Date
  readonly attributes?: SpanAttributes
}

export interface SpanEnd {
  readonly name?: string
  readonly attributes?: SpanAttributes
  /** A code: the span failed. */
  readonly error?: string | undefined
}

export interface Span {
  /** For what it starts. Undefined where no trace is known. */
  readonly traceParent: string | undefined
  end(end?: SpanEnd): void
}

/** An operation of a tenant: it lives for minutes, and several processes work on it. */
export interface TracedOperation {
  /** A UUID. */
  readonly id: string
  /** Of the request that asked for it. */
  readonly traceParent?: string | undefined
}

/** Records spans. Nothing in it throws. */
export interface Tracer {
  readonly isEnabled: boolean
  startSpan(start: SpanStart): Span
  /** The `traceparent` for everything that works on the operation, the same in every process. */
  operationParent(operation: TracedOperation): string | undefined
  /** The operation's own span, once it is over. */
  recordOperation(
    operation: TracedOperation,
    span: Omit<SpanStart, 'parent' | 'startedAt'> & SpanEnd & { readonly startedAt: Date; readonly endedAt: Date },
  ): void
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>
}
