const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `850 ms`, `3.2 s`, `4m10s`, `3h12m`, `5d`. */
export function formatDuration(milliseconds: number): string {
  const span = Math.max(0, milliseconds)
  if (span < SECOND_MS) return `${Math.round(span)} ms`
  // 59.96 s would be rounded to "60.0 s".
  if (span < MINUTE_MS - 50) return `${(span / SECOND_MS).toFixed(1)} s`
  const seconds = Math.round(span / SECOND_MS)
  const minutes = Math.floor(seconds / 60)
  if (span < HOUR_MS) return `${minutes}m${String(seconds % 60).padStart(2, '0')}s`
  if (span < DAY_MS) return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
  return `${Math.floor(span / DAY_MS)}d`
}

/** How long ago, in one unit: `8s`, `4m`, `3h`, `5d`. */
export function formatAge(timestamp: string, now: number): string {
  const span = Math.max(0, now - Date.parse(timestamp))
  if (span < MINUTE_MS) return `${Math.floor(span / SECOND_MS)}s`
  if (span < HOUR_MS) return `${Math.floor(span / MINUTE_MS)}m`
  if (span < DAY_MS) return `${Math.floor(span / HOUR_MS)}h`
  return `${Math.floor(span / DAY_MS)}d`
}

/** How long until then, in one unit: `in 5d`; `now` when it has come. */
export function formatUntil(timestamp: string, now: number): string {
  const left = Date.parse(timestamp) - now
  return left <= 0 ? 'now' : `in ${formatAge(new Date(now).toISOString(), now + left)}`
}

/** `2026-11-20 19:30:05`, local time. */
export function formatLocalTime(timestamp: string): string {
  const at = new Date(timestamp)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`
}

/** `2026-11-20 19:30:05 (4m ago)`. */
export function formatMoment(timestamp: string, now: number): string {
  return `${formatLocalTime(timestamp)} (${formatAge(timestamp, now)} ago)`
}
