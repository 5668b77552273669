import { expectTypeOf, test } from 'vitest'
import {
  type ComputeError,
  type ComputeErrorCode,
  type ComputeProvider,
  type ConfigValidator,
  ConflictError,
  createConfigValidator,
  type OperationOptions,
  type ReadOptions,
  type UpdateResult,
} from './index.ts'

test('isInstance narrows to the class and its code', () => {
  const caught: unknown = undefined
  if (ConflictError.isInstance(caught)) {
    expectTypeOf(caught).toEqualTypeOf<ConflictError>()
  }
  expectTypeOf<ConflictError['code']>().toEqualTypeOf<'conflict'>()
  expectTypeOf<ComputeError['code']>().toEqualTypeOf<ComputeErrorCode>()
})

test('assert needs no annotation at the call site', () => {
  const validator = createConfigValidator({})
  expectTypeOf(validator.assert).returns.toBeVoid()
  expectTypeOf(validator).toEqualTypeOf<ConfigValidator>()
})

test('a provider without the optional members is a provider', () => {
  type Minimal = Omit<ComputeProvider, 'plan' | 'listOwned' | 'readLogs' | 'close' | 'configDefaults'>
  expectTypeOf<Minimal>().toExtend<ComputeProvider>()
})

test('what changes something may also be used to read', () => {
  expectTypeOf<OperationOptions>().toExtend<ReadOptions>()
  expectTypeOf<UpdateResult['status']>().toEqualTypeOf<'success' | 'in_progress' | 'failed' | 'no_changes'>()
})
