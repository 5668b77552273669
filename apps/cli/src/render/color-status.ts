import type { Colors } from '../terminal.ts'

const GOOD = new Set(['ready', 'succeeded', 'running', 'healthy', 'ok'])
const BAD = new Set(['failed', 'unhealthy', 'backing-off', 'unavailable', 'error'])
const REST = new Set(['archived', 'suspended', 'superseded', 'stopped', 'none', 'unknown'])

/** Green is where it should be, red needs somebody, yellow is on its way. */
export function colorStatus(status: string, colors: Colors): string {
  if (GOOD.has(status)) return colors.green(status)
  if (BAD.has(status)) return colors.red(status)
  if (REST.has(status)) return colors.dim(status)
  return colors.yellow(status)
}
