const SECONDS_IN = { minute: 60, hour: 3600, day: 86_400, week: 604_800, month: 2_592_000, year: 31_536_000 }

/** As Docker says it in `Up 3 minutes`: the same words at the same lengths (docker/go-units, HumanDuration). */
export function humanDuration(seconds: number): string {
  const whole = (unit: keyof typeof SECONDS_IN): number => Math.floor(seconds / SECONDS_IN[unit])
  if (seconds < 1) return 'Less than a second'
  if (seconds < 2) return '1 second'
  if (seconds < 60) return `${Math.floor(seconds)} seconds`
  if (whole('minute') === 1) return 'About a minute'
  if (whole('minute') < 60) return `${whole('minute')} minutes`
  const hours = Math.floor(seconds / SECONDS_IN.hour + 0.5)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`
  return `${whole('year')} years`
}
