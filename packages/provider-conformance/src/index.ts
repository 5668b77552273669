export { type ConformanceOptions, conformance } from './conformance.ts'
export { ConformanceError } from './conformance-error.ts'
export type {
  ConformanceHarness,
  CreateProviderOptions,
  ForeignResource,
  RawResource,
  TargetCondition,
} from './conformance-harness.ts'
export { type SilentServer, startSilentServer } from './start-silent-server.ts'
export type { Expect, TestRunner } from './test-runner.ts'
