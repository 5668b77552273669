/** Whether less than `windowSeconds` have passed since `time` (ISO 8601). False for an absent time, or one that is none. */
export function isRecent(time: string | undefined, now: Date, windowSeconds: number): boolean {
  if (time === undefined) return false
  const at = Date.parse(time)
  return !Number.isNaN(at) && now.getTime() - at < windowSeconds * 1000
}
