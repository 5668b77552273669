import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import type { SpanExporter } from '@opentelemetry/sdk-trace'

/** Sends spans as JSON over HTTP. Where no endpoint is given, `OTEL_EXPORTER_OTLP_…` tell, headers and certificates too. */
export function createOtlpExporter(endpoint: string | undefined, onFailure: (message: string) => void): SpanExporter {
  const exporter = new OTLPTraceExporter(
    endpoint === undefined ? {} : { url: `${endpoint.replace(/\/+$/, '')}/v1/traces` },
  )
  let lastFailure = ''
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failure = result.error?.message ?? ''
        if (failure !== '' && failure !== lastFailure) onFailure(failure)
        lastFailure = failure
        done(result)
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  }
}
