import { createHash } from 'node:crypto'

/**
 * The idempotency token of one creation: the same for every try of one operation at one generation, another for the next.
 * 36 characters, the most that ECS takes.
 */
export function clientToken(call: {
  readonly operationId: string
  readonly generation: number
  readonly serviceName: string
}): string {
  const { operationId, generation, serviceName } = call
  const digits = createHash('sha256')
    .update(JSON.stringify([operationId, generation, serviceName]))
    .digest('hex')
  return [0, 8, 12, 16, 20].map((start, index) => digits.slice(start, [8, 12, 16, 20, 32][index])).join('-')
}
