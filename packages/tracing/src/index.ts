export { noTracer } from './no-tracer.ts'
export { openTracer, type TracerOptions, type TracingSettings } from './open-tracer.ts'
export { parseTraceParent, traceIdOf } from './trace-parent.ts'
export type { Span, SpanAttributes, SpanEnd, SpanStart, TracedOperation, Tracer } from './tracer.ts'
