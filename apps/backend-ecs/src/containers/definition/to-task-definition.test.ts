import { expect, test } from 'vitest'
import type { EcsSettings } from '../../settings/backend-settings.ts'
import type { DockerCreateBody, ImageRecord } from '../../store/records.ts'
import { fromTaskDefinition } from './from-task-definition.ts'
import { toTaskDefinition } from './to-task-definition.ts'

const SETTINGS: EcsSettings = {
  region: 'eu-west-1',
  cluster: 'apps',
  subnets: ['subnet-1'],
  security_groups: ['sg-1'],
  execution_role_arn: 'arn:aws:iam::000000000000:role/execution',
  log_group: '/sockerless/containers',
  assign_public_ip: false,
  cpu_architecture: 'X86_64',
  default_cpus: 0.25,
  default_memory_mib: 512,
  start_timeout_seconds: 600,
}

const IMAGE: ImageRecord = {
  reference: 'docker.io/library/web:1',
  id: `sha256:${'a'.repeat(64)}`,
  manifestDigest: `sha256:${'b'.repeat(64)}`,
  digest: `sha256:${'b'.repeat(64)}`,
  source: `docker.io/library/web@sha256:${'b'.repeat(64)}`,
  config: { config: { Cmd: ['serve', '--fast'], Healthcheck: { Test: ['CMD', 'probe'], Interval: 10e9 } } },
  size: 1,
  layers: [],
  pulledAt: '2026-01-01T00:00:00Z',
}

const define = (body: Partial<DockerCreateBody> = {}) =>
  toTaskDefinition({
    body: { Image: 'web:1', ...body },
    image: IMAGE,
    volumes: new Map(),
    settings: SETTINGS,
  })
const container = (body: Partial<DockerCreateBody>) => define(body).containerDefinitions?.[0]

test('equal requests share a definition, and others do not', () => {
  expect(define({ Env: ['A=1'] }).family).toBe(define({ Env: ['A=1'] }).family)
  expect(define({ Env: ['A=1'] }).family).not.toBe(define({ Env: ['A=2'] }).family)
})

test('the image that was pulled is what runs', () => {
  expect(container({})?.image).toBe(IMAGE.source)
})

test.each([
  ['nothing', {}, ['256', '512']],
  ['half a CPU', { NanoCpus: 5e8 }, ['512', '1024']],
  ['much memory on little CPU', { Memory: 3 * 1024 ** 3 }, ['512', '3072']],
  ['between two steps', { Memory: 600 * 1024 ** 2 }, ['256', '1024']],
  ['one and a half GiB, which 256 CPU units do not have', { Memory: 1536 * 1024 ** 2 }, ['256', '2048']],
  ['a reservation', { MemoryReservation: 9 * 1024 ** 3 }, ['2048', '9216']],
  ['three CPUs', { NanoCpus: 3e9, Memory: 20 * 1024 ** 3 }, ['4096', '20480']],
  ['the largest', { NanoCpus: 16e9, Memory: 120 * 1024 ** 3 }, ['16384', '122880']],
])('%s becomes the smallest size of Fargate that holds it', (_what, HostConfig, [cpu, memory]) => {
  expect(define({ HostConfig })).toMatchObject({ cpu, memory })
})

test.each([{ NanoCpus: 17e9 }, { Memory: 121 * 1024 ** 3 }])('%j is more than Fargate has', (HostConfig) => {
  expect(() => define({ HostConfig })).toThrow(/more than Fargate has in one task: 16 CPUs and 122880 MiB/)
})

test.each([
  ['the image decides', {}, undefined, undefined],
  ['a command', { Cmd: ['echo', 'a b'] }, undefined, ['echo', 'a b']],
  ['an entrypoint', { Entrypoint: ['sh', '-c'], Cmd: ['x'] }, ['sh', '-c'], ['x']],
  ['no entrypoint', { Entrypoint: [''], Cmd: ['x', 'y'] }, ['x'], ['y']],
  ["no entrypoint and the image's command", { Entrypoint: [''] }, ['serve'], ['--fast']],
])('%s: entrypoint and command as Docker has them', (_what, body, entryPoint, command) => {
  const { entryPoint: actualEntryPoint, command: actualCommand } = container(body) ?? {}
  expect([actualEntryPoint, actualCommand]).toEqual([entryPoint, command])
})

test("the image's health check is written out, for ECS does not read it", () => {
  expect(container({})?.healthCheck).toEqual({
    command: ['CMD', 'probe'],
    interval: 10,
    timeout: 30,
    retries: 3,
    startPeriod: 0,
  })
  expect(container({ Healthcheck: { Test: ['NONE'] } })?.healthCheck).toBeUndefined()
})

test('values of the environment keep what is behind the first =', () => {
  expect(container({ Env: ['A=b=c', 'EMPTY='] })?.environment).toEqual([
    { name: 'A', value: 'b=c' },
    { name: 'EMPTY', value: '' },
  ])
})

test('what was asked for can be read back, each secret in one place only', () => {
  const body = {
    Image: 'web:1',
    Cmd: ['x'],
    Env: ['TOKEN=hunter2'],
    Labels: { team: 'a' },
    HostConfig: { AutoRemove: true },
  }
  const { containerDefinitions } = define(body)
  expect(fromTaskDefinition({ ...(containerDefinitions === undefined ? {} : { containerDefinitions }) })).toEqual(body)
  expect(JSON.stringify(containerDefinitions).split('hunter2')).toHaveLength(2)
})
