import { randomUUID } from 'node:crypto'
import type { Emulator } from '../emulator.ts'
import { isList, toXml, type XmlValue } from '../query-protocol.ts'
import { EC2 } from './ec2.ts'
import { ELBV2 } from './elbv2.ts'
import { QueryError, type QueryNeighbour } from './query-neighbour.ts'
import { STS } from './sts.ts'
import { type RESET, underFault } from './under-fault.ts'

export interface QueryAnswer {
  readonly status: number
  readonly xml: string
}

const NEIGHBOURS: readonly QueryNeighbour[] = [STS, EC2, ELBV2]

/** Carries out one call in the query protocol; what no neighbour knows is refused by name. */
export function callQueryNeighbour(emulator: Emulator, body: string): QueryAnswer | typeof RESET {
  const parameters = new URLSearchParams(body)
  const action = parameters.get('Action') ?? ''
  const version = parameters.get('Version') ?? ''
  // EC2's clients are the only ones in use that send other versions than the newest.
  const neighbour = NEIGHBOURS.find((candidate) => candidate.version === version) ?? EC2
  emulator.calls.set(action, (emulator.calls.get(action) ?? 0) + 1)
  try {
    const operation = Object.hasOwn(neighbour.operations, action) ? neighbour.operations[action] : undefined
    if (operation === undefined) throw new QueryError('InvalidAction', `The operation ${action} is not emulated.`)
    return underFault(emulator, action, {
      refuse: ({ type, message, status }) => new QueryError(type, message, status),
      run() {
        const value = operation(parameters, emulator)
        if (neighbour.writes?.has(action) === true) emulator.changed()
        return { status: 200, xml: answer(neighbour, action, value) }
      },
    })
  } catch (error) {
    if (error instanceof QueryError) return { status: error.status, xml: refusal(neighbour, error) }
    const message = `The emulator failed: ${error instanceof Error ? error.message : String(error)}`
    return { status: 500, xml: refusal(neighbour, new QueryError('InternalFailure', message)) }
  }
}

function answer({ style }: QueryNeighbour, action: string, value: XmlValue): string {
  if (style === 'flat') {
    return toXml(`${action}Response`, { requestId: randomUUID(), ...asStructure(value) }, 'item')
  }
  const result = toXml(`${action}Result`, value, 'member')
  const metadata = toXml('ResponseMetadata', { RequestId: randomUUID() }, 'member')
  return `<${action}Response>${result}${metadata}</${action}Response>`
}

function refusal({ style }: QueryNeighbour, { code, message }: QueryError): string {
  const error = { Code: code, Message: message }
  return style === 'flat'
    ? toXml('Response', { Errors: { Error: error }, RequestID: randomUUID() }, 'item')
    : toXml('ErrorResponse', { Error: { Type: 'Sender', ...error }, RequestId: randomUUID() }, 'member')
}

const asStructure = (value: XmlValue): Record<string, XmlValue> =>
  typeof value === 'object' && !isList(value) ? { ...value } : {}
