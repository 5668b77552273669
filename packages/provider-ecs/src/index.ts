export type { AwsAccess, AwsCallTarget, AwsClientConstructor, AwsClientFactory } from './aws-client-factory.ts'
export type { EcsConfig } from './ecs-config.ts'
