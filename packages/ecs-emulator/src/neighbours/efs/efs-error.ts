/** A refusal of EFS: a status, and the code that clients know it by. */
export class EfsError extends Error {
  readonly status: number
  readonly code: string
  readonly details: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'EfsError'
    this.status = status
    this.code = code
    this.details = details
  }
}

export const badRequest = (message: string): EfsError => new EfsError(400, 'BadRequest', message)
