type Env = Readonly<Record<string, string | undefined>>

/** Of the setting, else of `OTEL_TRACES_SAMPLER`, else every trace. */
export function sampleRatio(setting: number | undefined, env: Env): number {
  if (setting !== undefined) return setting
  const sampler = env.OTEL_TRACES_SAMPLER?.replace(/^parentbased_/, '')
  if (sampler === 'always_off') return 0
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG ?? Number.NaN)
  return sampler === 'traceidratio' && ratio >= 0 && ratio <= 1 ? ratio : 1
}
