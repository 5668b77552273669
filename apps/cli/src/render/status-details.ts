import type { ComputeStatusResponse } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { colorStatus } from './color-status.ts'
import { formatMoment } from './format-time.ts'
import { renderFields, renderTable } from './table.ts'
import { endpointLines } from './tenant-details.ts'

/** The live look at a tenant's compute, for a person. */
export function renderStatusDetails(status: ComputeStatusResponse, look: { now: number; colors: Colors }): string {
  const { now, colors } = look
  const head = renderFields(
    [
      ['State', `${colorStatus(status.state, colors)}${status.settled ? '' : ', still moving'}`],
      ['Health', status.health === 'none' ? 'no health check defined' : colorStatus(status.health, colors)],
      ['Message', status.message],
      ['Reason', status.reason],
      ['Provider', status.provider],
      ['Endpoints', endpointLines(status).join('\n')],
      ...Object.entries({ ...status.resource_ids, ...status.metadata }),
      ['Read', formatMoment(status.last_updated, now)],
    ],
    colors,
  )
  if (status.containers.length === 0) return head
  const rows = status.containers.map((container) => [
    container.name,
    colorStatus(container.state, colors),
    container.health ?? '-',
    container.image ?? '-',
    container.restart_count === undefined ? '-' : String(container.restart_count),
    container.exit_code === undefined ? '-' : String(container.exit_code),
    container.message ?? '',
  ])
  const headings = ['CONTAINER', 'STATE', 'HEALTH', 'IMAGE', 'RESTARTS', 'EXIT', 'MESSAGE']
  return `${head}\n\n${renderTable(headings, rows, colors)}`
}
