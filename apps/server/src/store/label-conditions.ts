import { type Expression, type ExpressionBuilder, expressionBuilder, type SqlBool } from 'kysely'
import type { Principal } from '../tenants/actor.ts'
import type { LabelCondition } from '../tenants/parse-label-selector.ts'
import type { Database } from './database.ts'

type Where<Table extends keyof Database> = ExpressionBuilder<Database, Table>

/** Whether a tenant's labels fit one condition. */
export function labelCondition(where: Where<'tenants'>, condition: LabelCondition): Expression<SqlBool> {
  let labelled = where.selectFrom('tenant_labels').select('tenant_id').where('key', '=', condition.key)
  if ('values' in condition) labelled = labelled.where('value', 'in', condition.values)
  return where('id', wants(condition) ? 'in' : 'not in', labelled)
}

/** Whether an event or operation, of a living or a deleted tenant, is there for the principal. */
export function historyVisibleTo({ scope, selector }: Principal): Expression<SqlBool>[] {
  const where = expressionBuilder<Database, 'events' | 'operations'>()
  // Rows without a tenant tell of tokens and refused calls.
  if (selector.length === 0) return scope === 'admin' ? [] : [where('tenant_id', '!=', '')]
  const living = where
    .selectFrom('tenants')
    .select('tenants.id')
    .where((tenants) => tenants.and(selector.map((condition) => labelCondition(tenants, condition))))
  const deleted = where
    .selectFrom('deleted_tenants')
    .select('deleted_tenants.id')
    .where((tenants) => tenants.and(selector.map((condition) => deletedLabelCondition(tenants, condition))))
  return [where.or([where('tenant_id', 'in', living), where('tenant_id', 'in', deleted)])]
}

function deletedLabelCondition(where: Where<'deleted_tenants'>, condition: LabelCondition): Expression<SqlBool> {
  let labelled = where.selectFrom('deleted_tenant_labels').select('tenant_id').where('key', '=', condition.key)
  if ('values' in condition) labelled = labelled.where('value', 'in', condition.values)
  return where('id', wants(condition) ? 'in' : 'not in', labelled)
}

function wants({ kind }: LabelCondition): boolean {
  return kind === 'in' || kind === 'exists'
}
