import type { Adoption } from '@landlord/api-contract'
import { stringify } from 'yaml'
import type { Colors } from '../terminal.ts'
import { changeGroups, warningLines } from './plan-details.ts'
import { safeText } from './safe-text.ts'

/** What is taken over, what is written for it, what the tenant gets, and what changes afterwards. */
export function renderAdoption(adoption: Adoption, colors: Colors): string {
  const { tenant_name: name, compute_provider: provider, resource, steps, changes, warnings } = adoption
  const config = stringify(adoption.compute_config, { lineWidth: 0 }).trimEnd()
  return [
    `${colors.bold(safeText(`${resource.kind} ${resource.name}`))} (${provider}) becomes tenant ${colors.bold(name)}`,
    [
      colors.bold('Written to make it the tenant’s; nothing restarts:'),
      ...steps.map((step) => `  ${safeText(step)}`),
    ].join('\n'),
    `${colors.bold('The configuration that it gets:')}\n${safeText(config).replaceAll(/^/gm, '  ')}`,
    ...(changes.length === 0
      ? ['It is taken as it runs.']
      : ['Once it is adopted, this is changed:', ...changeGroups(changes, colors)]),
    ...warningLines(warnings, colors),
  ].join('\n\n')
}
