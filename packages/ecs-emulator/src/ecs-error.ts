export interface EcsErrorInput {
  /** Unqualified AWS name: `InvalidParameterException`. */
  readonly type: string
  readonly message: string
  /** Default 400, which ECS uses for everything that the caller can mend, "not found" included. */
  readonly status?: number
}

/** What an operation answers instead of a result. */
export class EcsError extends Error {
  readonly type: string
  readonly status: number

  constructor({ type, message, status = 400 }: EcsErrorInput) {
    super(message)
    this.name = 'EcsError'
    this.type = type
    this.status = status
  }
}

export const invalidParameter = (message: string): EcsError =>
  new EcsError({ type: 'InvalidParameterException', message })

export const clientException = (message: string): EcsError => new EcsError({ type: 'ClientException', message })
