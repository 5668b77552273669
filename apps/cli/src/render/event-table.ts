import type { Event } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { formatLocalTime } from './format-time.ts'
import { renderTable } from './table.ts'

/** One line per event, oldest first: the newest is where the reader's eye is. */
export function renderEventTable(events: readonly Event[], colors: Colors): string {
  return renderTable(['TIME', 'TENANT', 'EVENT', 'BY', 'DETAILS'], events.map(cells), colors)
}

/** For a growing list, where no width of columns is known beforehand. */
export function renderEventLine(event: Event, colors: Colors): string {
  const [time = '', tenant = '', type = '', by = '', details = ''] = cells(event)
  return [colors.dim(time), tenant, type, colors.dim(by), details].join('  ').trimEnd()
}

function cells(event: Event): string[] {
  const generation = event.generation === undefined ? [] : [`generation ${event.generation}`]
  return [
    formatLocalTime(event.created_at),
    event.tenant_name ?? '-',
    event.type,
    event.principal,
    [...generation, ...facts(event.data)].join(', '),
  ]
}

// Scalars only: `-o json` has the rest.
function facts(data: Event['data']): string[] {
  return Object.entries(data).flatMap(([key, value]) => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return [`${key.replaceAll('_', ' ')}: ${value}`]
    }
    const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : undefined
    return typeof message === 'string' ? [`${key.replaceAll('_', ' ')}: ${message}`] : []
  })
}
