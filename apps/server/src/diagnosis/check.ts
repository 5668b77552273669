import type { DiagnosisCheck } from '@landlord/api-contract'

/** What a check found, but for its name. */
export type Finding = Omit<DiagnosisCheck, 'name'>

export const ok = (message: string): Finding => ({ status: 'ok', message })
export const warning = (message: string, fix: string): Finding => ({ status: 'warning', message, fix })
export const failed = (message: string, fix: string): Finding => ({ status: 'error', message, fix })

/** One check by its name. One that cannot be made is an error itself: what could not be looked at is not well. */
export async function check(name: string, look: () => Promise<Finding>, fix: string): Promise<DiagnosisCheck> {
  try {
    return { name, ...(await look()) }
  } catch (error) {
    return { name, ...failed(error instanceof Error ? error.message : String(error), fix) }
  }
}

export function worst(checks: readonly DiagnosisCheck[]): DiagnosisCheck['status'] {
  if (checks.some(({ status }) => status === 'error')) return 'error'
  return checks.some(({ status }) => status === 'warning') ? 'warning' : 'ok'
}

/** E.g. `1 worker`, `2 workers`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** E.g. `40 s`, `3 min`, `2 h`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
