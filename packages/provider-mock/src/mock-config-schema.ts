import type { JsonObject, JsonSchema } from '@landlord/compute-core'
import { CRASH_POINTS } from './mock-crash-points.ts'
import { FAILURE_CODES } from './to-scripted-error.ts'

const OPERATIONS = [
  'provision',
  'update',
  'destroy',
  'get_status',
  'plan',
  'list_owned',
  'read_logs',
  'plan_adoption',
  'adopt',
]
const MAX_DELAY_MS = 86_400_000

const milliseconds = (description: string): JsonObject => ({
  type: 'integer',
  minimum: 0,
  maximum: MAX_DELAY_MS,
  description,
})

const latency: JsonObject = {
  type: 'object',
  description: 'How long each call takes before the target does anything. `default` is for the operations not named.',
  additionalProperties: false,
  properties: Object.fromEntries(
    [...OPERATIONS, 'default'].map((operation) => [operation, milliseconds(`Latency of ${operation}.`)]),
  ),
}

const failure: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['operation', 'code'],
  properties: {
    operation: { type: 'string', enum: [...OPERATIONS] },
    times: { type: 'integer', minimum: 1, description: 'How often; counted by the target. Default: every time.' },
    code: { type: 'string', enum: [...FAILURE_CODES], description: 'The code of the error that is thrown.' },
    retryable: { type: 'boolean', description: 'Default: what the code means.' },
    retry_after_ms: milliseconds('For `throttled`: how long the target asks to wait.'),
    message: { type: 'string', minLength: 1 },
    applied: {
      type: 'boolean',
      description: 'The target carries the call out all the same, and only the answer is lost.',
    },
  },
}

const startFailure: JsonObject = {
  type: 'object',
  description: 'The service does not come up: its status settles as failed. A previous instance serves on.',
  additionalProperties: false,
  properties: {
    reason: { type: 'string', minLength: 1, description: 'Default `crash_loop`.' },
    message: { type: 'string', minLength: 1 },
    times: {
      type: 'integer',
      minimum: 1,
      description: 'How many starts fail; counted by the target. Default: every one.',
    },
  },
}

const script: JsonObject = {
  type: 'object',
  description: 'What the simulated target does to this tenant.',
  additionalProperties: false,
  properties: {
    latency_ms: latency,
    ready_after_ms: milliseconds('How long a change takes to settle once it was accepted. Default 0.'),
    gone_after_ms: milliseconds('How long the removal takes once it was accepted. Default 0.'),
    fail: { type: 'array', maxItems: 100, items: failure },
    crash_points: {
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', enum: [...CRASH_POINTS] },
      description:
        'Points at which the hook of the host is called, each once per tenant; a test ends the process there.',
    },
    start_fails: startFailure,
    unhealthy: { type: 'boolean', description: 'It runs, and its health check says unhealthy.' },
    never_settle: { type: 'boolean', description: 'It stays on its way for ever.' },
    drift: {
      type: 'object',
      description: 'Laid over the live configuration once it has settled, once, as if somebody had changed it by hand.',
      additionalProperties: false,
      properties: {
        image: { type: 'string', minLength: 1 },
        env: { type: 'object', additionalProperties: { type: 'string', 'x-sensitive': true } },
        replicas: { type: 'integer', minimum: 0 },
      },
    },
  },
}

const port: JsonObject = { type: 'integer', minimum: 1, maximum: 65_535 }

const endpoint: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['protocol', 'host', 'port'],
  properties: {
    name: { type: 'string', minLength: 1 },
    protocol: { type: 'string', enum: ['tcp', 'udp', 'http', 'https'] },
    host: { type: 'string', minLength: 1 },
    port,
    containerPort: port,
    url: { type: 'string', minLength: 1 },
  },
}

export const mockConfigSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Mock provider configuration',
  type: 'object',
  additionalProperties: false,
  properties: {
    image: { type: 'string', minLength: 1, description: 'Any name; nothing is pulled. Default `mock`.' },
    env: {
      type: 'object',
      description: 'Environment variables.',
      additionalProperties: { type: 'string', 'x-sensitive': true },
    },
    replicas: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      description: 'How many copies run; 0 is stopped. Default 1.',
    },
    endpoints: {
      type: 'array',
      items: endpoint,
      description: 'What the status reports while running. Nothing answers there unless you put something there.',
    },
    mock: script,
  },
}
