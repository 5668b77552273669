import { describe, expect, it } from 'vitest'
import { parseConfig } from './parse-config.ts'

describe('parseConfig', () => {
  it.each([
    ['JSON', '{"image":"nginx","env":{"A":"1"}}'],
    ['YAML', 'image: nginx\nenv:\n  A: "1"\n'],
    ['YAML on one line', '{image: nginx, env: {A: "1"}}'],
  ])('reads %s', (_, text) => {
    expect(parseConfig(text, { name: '--config' })).toEqual({ image: 'nginx', env: { A: '1' } })
  })

  it('takes no, on and yes for the words they are', () => {
    expect(parseConfig('answer: no', { name: 'a.yaml' })).toEqual({ answer: 'no' })
  })

  it('shows the place, the line and what is wrong', () => {
    const text = 'image: nginx\nenv: {A: "1"\nports: []\n'
    expect(() => parseConfig(text, { name: 'app.yaml' })).toThrow(/app\.yaml:3:\d+: [\s\S]* 3 \| ports: \[\]\n +\^$/)
  })

  it('holds a .json file to JSON', () => {
    expect(() => parseConfig('image: nginx', { name: 'app.json', isJson: true })).toThrow('app.json:1:')
  })

  it.each([
    ['[1, 2]', 'a list'],
    ['', 'nothing'],
    ['nginx', 'the string "nginx"'],
  ])('refuses %j, which is no object', (text, what) => {
    expect(() => parseConfig(text, { name: 'stdin' })).toThrow(`stdin holds ${what}`)
  })

  it('supposes a missing file where a path was given', () => {
    const text = './app.yaml'
    expect(() => parseConfig(text, { name: '--config', isInline: true })).toThrow(
      expect.objectContaining({ wayOut: ['if ./app.yaml is meant to be a file: it does not exist'] }),
    )
  })

  it('refuses a key that is there twice', () => {
    expect(() => parseConfig('{"a":1,"a":2}', { name: '--config' })).toThrow(/unique/)
  })
})
