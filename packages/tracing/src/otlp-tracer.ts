import {
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { TracerOptions, TracingSettings } from './open-tracer.ts'
import { createOtlpExporter } from './otlp-exporter.ts'
import { PresetIds, type SpanIds } from './preset-ids.ts'
import { sampleRatio } from './sample-ratio.ts'
import { formatTraceParent, parseTraceParent } from './trace-parent.ts'
import type { Span, SpanEnd, SpanStart, TracedOperation, Tracer } from './tracer.ts'

/** A collector that is away must not hold up a shutdown. */
const LONGEST_FLUSH_MS = 3000
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const

/** Parents are passed as `traceparent` texts, so nothing needs a context of the runtime. */
export function createOtlpTracer(
  settings: TracingSettings,
  { service, version, onFailure, env }: TracerOptions & { readonly env: NonNullable<TracerOptions['env']> },
): Tracer {
  const ids = new PresetIds()
  const root = new TraceIdRatioBasedSampler(sampleRatio(settings.sample_ratio, env))
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service, 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(
        resourceFromAttributes(settings.service_name === undefined ? {} : { 'service.name': settings.service_name }),
      ),
    sampler: new ParentBasedSampler({ root }),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor({ exporter: createOtlpExporter(settings.otlp_endpoint, onFailure) })],
  })
  const tracer = provider.getTracer('landlord', version)
  const isSampled = (traceId: string) =>
    root.shouldSample(ROOT_CONTEXT, traceId).decision !== SamplingDecision.NOT_RECORD

  const start = ({ name, kind, parent, startedAt, attributes }: SpanStart): OtelSpan =>
    tracer.startSpan(
      name,
      {
        kind: kind === undefined ? SpanKind.INTERNAL : KINDS[kind],
        ...(startedAt === undefined ? {} : { startTime: startedAt }),
        ...(attributes === undefined ? {} : { attributes }),
      },
      contextOf(parent),
    )

  return {
    isEnabled: true,
    startSpan: (begin) => toSpan(start(begin)),
    operationParent(operation) {
      const { traceId, spanId } = idsOf(operation)
      const parent = parseTraceParent(operation.traceParent)
      return formatTraceParent({ traceId, spanId, isSampled: parent?.isSampled ?? isSampled(traceId) })
    },
    recordOperation(operation, { endedAt, ...span }) {
      const started = ids.use(idsOf(operation), () => start({ ...span, parent: operation.traceParent }))
      end(started, span, endedAt)
    },
    async close() {
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, LONGEST_FLUSH_MS)
      await Promise.race([provider.shutdown().catch(() => {}), late.promise])
      clearTimeout(timer)
    },
  }
}

/**
 * The span's id comes from the operation's, so that whoever works on it knows its parent before that exists. Nobody asked
 * for it in a trace: then the trace's id comes from there as well.
 */
function idsOf({ id, traceParent }: TracedOperation): SpanIds {
  const hex = id.replaceAll('-', '')
  return { traceId: parseTraceParent(traceParent)?.traceId ?? hex, spanId: hex.slice(-16) }
}

function contextOf(parent: string | undefined): Context {
  const known = parseTraceParent(parent)
  if (known === undefined) return ROOT_CONTEXT
  const { traceId, spanId, isSampled } = known
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

function toSpan(span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext()
  const isSampled = (traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED
  return { traceParent: formatTraceParent({ traceId, spanId, isSampled }), end: (how = {}) => end(span, how) }
}

function end(span: OtelSpan, { name, attributes, error }: SpanEnd, at?: Date): void {
  if (name !== undefined) span.updateName(name)
  if (attributes !== undefined) span.setAttributes(attributes)
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
  span.end(at)
}
