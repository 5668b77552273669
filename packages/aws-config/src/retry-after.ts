/**
 * How long an answer asks to wait, in milliseconds: `x-amz-retry-after` (milliseconds) or `retry-after` (seconds or
 * an HTTP date, RFC 9110). Undefined without either, or when it cannot be read.
 */
export function retryAfterMs(headers: Readonly<Record<string, unknown>>, now: number): number | undefined {
  const header = (name: string): string | undefined => {
    const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
    return typeof value === 'string' ? value.trim() : undefined
  }
  const milliseconds = header('x-amz-retry-after')
  if (milliseconds !== undefined && /^\d+$/.test(milliseconds)) return Number(milliseconds)
  const text = header('retry-after')
  if (text === undefined) return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
