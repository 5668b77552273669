import { expect, it } from 'vitest'
import { Agenda } from './agenda.ts'

const take = (agenda: Agenda, now: number): string[] => {
  const taken: string[] = []
  for (let entry = agenda.takeDue(now); entry !== undefined; entry = agenda.takeDue(now)) taken.push(entry.arn)
  return taken
}

it('gives what is due, soonest first and among equals as it came', () => {
  const agenda = new Agenda()
  for (const [arn, at] of Object.entries({ c: 3, a: 1, later: 9, b: 2, alsoA: 1 }))
    agenda.add({ at, kind: 'task', arn })
  expect(agenda.nextAt()).toBe(1)
  expect(take(agenda, 3)).toEqual(['a', 'alsoA', 'b', 'c'])
  expect(agenda.nextAt()).toBe(9)
})

it('holds the same entry once, until it is taken', () => {
  const agenda = new Agenda()
  const entry = { at: 1, kind: 'service', arn: 'shop' } as const
  for (let times = 0; times < 3; times += 1) agenda.add(entry)
  agenda.add({ ...entry, kind: 'task' })
  agenda.add({ ...entry, at: 2 })
  expect(take(agenda, 1)).toEqual(['shop', 'shop'])
  agenda.add(entry)
  expect(take(agenda, 2)).toEqual(['shop', 'shop'])
})
