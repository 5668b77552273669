import { describe, expect, it } from 'vitest'
import { suggestName } from './suggest-name.ts'

const known = ['image', 'env', 'restart_policy', 'replicas', 'cpuMillicores']

describe('suggestName', () => {
  it.each([
    ['imge', 'image'],
    ['imgae', 'image'],
    ['evn', 'env'],
    ['Image', 'image'],
    ['restartPolicy', 'restart_policy'],
    ['restart-polcy', 'restart_policy'],
    ['cpu_millicores', 'cpuMillicores'],
    ['replica', 'replicas'],
  ])('takes %s for %s', (name, meant) => {
    expect(suggestName(name, known)).toBe(meant)
  })

  it.each(['foo', '', 'x', 'command', 'port'])('takes %j for nothing', (name) => {
    expect(suggestName(name, known)).toBeUndefined()
  })
})
