import { expect, it } from 'vitest'
import { SessionTickets, TOKEN_VALID_MS } from './session-tickets.ts'

const start = () => Promise.reject(new Error('No command runs here.'))

function createTickets() {
  let now = 0
  const tickets = new SessionTickets({ url: () => 'http://127.0.0.1:4566', now: () => now })
  const pass = (milliseconds: number): void => {
    now += milliseconds
  }
  return { tickets, pass }
}

it('tells where the session is, with an id and a token of its own', () => {
  const { tickets } = createTickets()
  const [first, second] = [tickets.issue(start), tickets.issue(start)]
  expect(first.streamUrl).toBe(`ws://127.0.0.1:4566/v1/data-channel/${first.sessionId}?role=publish_subscribe`)
  expect(first.sessionId).not.toBe(second.sessionId)
  expect(first.tokenValue).not.toBe(second.tokenValue)
})

it('gives the command out once, for the right token only', () => {
  const { tickets } = createTickets()
  const { sessionId, tokenValue } = tickets.issue(start)
  expect(tickets.redeem(sessionId, 'guessed')).toBeUndefined()
  expect(tickets.redeem(sessionId, undefined)).toBeUndefined()
  expect(tickets.redeem('ecs-execute-command-0', tokenValue)).toBeUndefined()
  expect(tickets.redeem(sessionId, tokenValue)).toBe(start)
  expect(tickets.redeem(sessionId, tokenValue)).toBeUndefined()
})

it('lets a token expire', () => {
  const { tickets, pass } = createTickets()
  const [early, late] = [tickets.issue(start), tickets.issue(start)]
  pass(TOKEN_VALID_MS - 1)
  expect(tickets.redeem(early.sessionId, early.tokenValue)).toBe(start)
  pass(1)
  expect(tickets.redeem(late.sessionId, late.tokenValue)).toBeUndefined()
})

it('takes back what it has promised when the account is emptied', () => {
  const { tickets } = createTickets()
  const { sessionId, tokenValue } = tickets.issue(start)
  tickets.clear()
  expect(tickets.redeem(sessionId, tokenValue)).toBeUndefined()
})
