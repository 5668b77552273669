import { expect, it } from 'vitest'
import { oneLine, safeText } from './safe-text.ts'

it('lets nobody steer the terminal, and keeps colours and line breaks', () => {
  expect(safeText('a\u001b[2Jb\u001b]0;title\u0007c\rd\u009be')).toBe('a[2Jb]0;titlecde')
  expect(safeText('\u001b[31mred\u001b[39m\nnext')).toBe('\u001b[31mred\u001b[39m\nnext')
  expect(oneLine('one\r\n  two\n')).toBe('one two ')
})
