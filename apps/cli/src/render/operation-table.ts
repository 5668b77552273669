import type { Change, Operation } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { colorStatus } from './color-status.ts'
import { formatAge, formatDuration, formatMoment } from './format-time.ts'
import { renderFields, renderTable } from './table.ts'

export function renderOperationTable(operations: readonly Operation[], look: { now: number; colors: Colors }): string {
  const { now, colors } = look
  const rows = operations.map((operation) => [
    operation.id,
    operation.kind,
    String(operation.generation),
    colorStatus(operation.state, colors),
    String(operation.attempts),
    formatAge(operation.created_at, now),
    duration(operation) ?? '-',
    operation.error?.message ?? operation.message ?? '',
  ])
  return renderTable(['ID', 'KIND', 'GEN', 'STATE', 'RETRIES', 'AGE', 'TOOK', 'MESSAGE'], rows, colors)
}

/** One operation with what it changed. */
export function renderOperationDetails(operation: Operation, look: { now: number; colors: Colors }): string {
  const { now, colors } = look
  const head = renderFields(
    [
      ['Operation', operation.id],
      ['Tenant', `${operation.tenant_name} (${operation.tenant_id})`],
      ['Kind', `${operation.kind}, generation ${operation.generation}`],
      ['State', colorStatus(operation.state, colors)],
      ['Message', operation.message],
      ['Failed with', operation.error && `${operation.error.message} (${operation.error.code})`],
      ['Retries', operation.attempts > 0 ? String(operation.attempts) : undefined],
      ['Next retry', operation.next_retry_at && formatMoment(operation.next_retry_at, now)],
      ['Created', formatMoment(operation.created_at, now)],
      ['Finished', operation.finished_at && formatMoment(operation.finished_at, now)],
      ['Took', duration(operation)],
      ['Trace', operation.trace_id],
    ],
    colors,
  )
  if (operation.changes.length === 0) return head
  return `${head}\n\n${changeTable(operation.changes, colors)}`
}

export function changeTable(changes: readonly Change[], colors: Colors): string {
  const rows = changes.map(({ path, from, to, effect }) => [path, shown(from), shown(to), effect])
  return renderTable(['CHANGED', 'FROM', 'TO', 'EFFECT'], rows, colors)
}

/** `update succeeded in 3.2 s`. */
export function describeOperation(operation: Operation, colors: Colors): string {
  const took = duration(operation)
  return `${operation.kind} ${colorStatus(operation.state, colors)}${took === undefined ? '' : ` in ${took}`}`
}

function duration({ created_at: created, finished_at: finished }: Operation): string | undefined {
  return finished === undefined ? undefined : formatDuration(Date.parse(finished) - Date.parse(created))
}

function shown(value: unknown): string {
  return value === undefined ? '-' : JSON.stringify(value)
}
