import { noTracer } from './no-tracer.ts'
import type { Tracer } from './tracer.ts'

/** The `tracing:` section of the settings. */
export interface TracingSettings {
  readonly enabled: boolean
  /** E.g. `http://127.0.0.1:4318`; spans go to `/v1/traces` under it. */
  readonly otlp_endpoint?: string | undefined
  /** Of the traces that begin here, from 0 to 1. */
  readonly sample_ratio?: number | undefined
  readonly service_name?: string | undefined
}

export interface TracerOptions {
  /** The name of the service where the settings and the environment have none. */
  readonly service: string
  readonly version: string
  /** Told when spans cannot be sent, once for each reason. */
  readonly onFailure: (message: string) => void
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** OpenTelemetry is loaded only where tracing is switched on: nobody else pays for it. */
export async function openTracer(settings: TracingSettings, options: TracerOptions): Promise<Tracer> {
  const { env = process.env } = options
  if (!settings.enabled || env.OTEL_SDK_DISABLED === 'true') return noTracer
  const { createOtlpTracer } = await import('./otlp-tracer.ts')
  return createOtlpTracer(settings, { ...options, env })
}
