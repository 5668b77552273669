import { type AwsArn, invalidArn, parseAwsArn } from './parse-aws-arn.ts'

export interface EcsClusterArn extends AwsArn {
  readonly clusterName: string
}

/** Services made before 2021 may still have the short form, which does not name the cluster and cannot be tagged. */
export type EcsServiceArn = AwsArn & { readonly serviceName: string } & (
    | { readonly format: 'long'; readonly clusterName: string }
    | { readonly format: 'short' }
  )

export type EcsTaskArn = AwsArn & { readonly taskId: string } & (
    | { readonly format: 'long'; readonly clusterName: string }
    | { readonly format: 'short' }
  )

export interface EcsTaskDefinitionArn extends AwsArn {
  readonly family: string
  readonly revision: number
}

const HEAD = 'arn:aws:ecs:eu-central-1:111122223333:'
const CLUSTER_EXAMPLE = `${HEAD}cluster/main`
const SERVICE_EXAMPLE = `${HEAD}service/main/web`
const TASK_EXAMPLE = `${HEAD}task/main/0123456789abcdef0123456789abcdef`
const TASK_DEFINITION_EXAMPLE = `${HEAD}task-definition/web:7`
/** Letters, digits, `_` and `-`, up to 255: ECS API reference, CreateCluster and CreateService. */
const ECS_NAME = /^[\w-]{1,255}$/

/** Throws AwsConfigError (`invalid_arn`), as do the others here. */
export function parseEcsClusterArn(text: string): EcsClusterArn {
  const { arn, names } = parseEcsArn(text, 'cluster', CLUSTER_EXAMPLE)
  const [clusterName] = names
  if (clusterName === undefined || names.length !== 1) throw wrongParts(text, CLUSTER_EXAMPLE)
  return { ...arn, clusterName }
}

export function parseEcsServiceArn(text: string): EcsServiceArn {
  const { arn, names } = parseEcsArn(text, 'service', SERVICE_EXAMPLE)
  const [first, second] = names
  if (first === undefined || names.length > 2) throw wrongParts(text, SERVICE_EXAMPLE)
  if (second === undefined) return { ...arn, format: 'short', serviceName: first }
  return { ...arn, format: 'long', clusterName: first, serviceName: second }
}

export function parseEcsTaskArn(text: string): EcsTaskArn {
  const { arn, names } = parseEcsArn(text, 'task', TASK_EXAMPLE)
  const [first, second] = names
  if (first === undefined || names.length > 2) throw wrongParts(text, TASK_EXAMPLE)
  if (second === undefined) return { ...arn, format: 'short', taskId: first }
  return { ...arn, format: 'long', clusterName: first, taskId: second }
}

/** Needs the revision: a bare family means whatever is newest at the time of each call. */
export function parseEcsTaskDefinitionArn(text: string): EcsTaskDefinitionArn {
  const arn = regionalEcsArn(text, TASK_DEFINITION_EXAMPLE)
  const match = /^task-definition\/([\w-]{1,255}):([1-9]\d*)$/.exec(arn.resource)
  if (match?.[1] === undefined) {
    throw invalidArn(text, TASK_DEFINITION_EXAMPLE, 'A task definition has a family and a revision number.')
  }
  return { ...arn, family: match[1], revision: Number(match[2]) }
}

function parseEcsArn(text: string, type: string, example: string): { arn: AwsArn; names: string[] } {
  const arn = regionalEcsArn(text, example)
  const [foundType, ...names] = arn.resource.split('/')
  if (foundType !== type) throw invalidArn(text, example, `It names a ${foundType}, where a ${type} was expected.`)
  if (!names.every((name) => ECS_NAME.test(name))) {
    throw invalidArn(text, example, 'Names are up to 255 letters, digits, "_" and "-".')
  }
  return { arn, names }
}

function regionalEcsArn(text: string, example: string): AwsArn {
  const arn = parseAwsArn(text, example)
  if (arn.service !== 'ecs') throw invalidArn(text, example, `It belongs to the service "${arn.service}", not to ECS.`)
  if (arn.region === '' || arn.accountId === '') throw invalidArn(text, example, 'The region and account are missing.')
  return arn
}

function wrongParts(text: string, example: string): Error {
  return invalidArn(text, example, 'It has too few or too many parts between slashes.')
}
