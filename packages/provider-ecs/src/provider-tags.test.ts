import { isOwnedBy, ownershipMarks } from '@landlord/compute-core'
import { describe, expect, it } from 'vitest'
import { MAX_USER_TAGS, notedTagKeys, noteTagKeys, restartMark, serviceOwnership } from './provider-tags.ts'
import { decodeTagValue, encodeTagValue, MAX_TAG_VALUE, TAG_TEXT } from './tag-value.ts'

const IDS = ['acme', 'a b', ' a', 'aws:x', 'a#b!', '日本', '💡', 'base64:YQ==', 'x'.repeat(256), '#'.repeat(180)]

describe('a tenant’s id as a tag', () => {
  it.each(IDS)('holds %s and gives it back', (id) => {
    const value = encodeTagValue(id)
    expect(value).toMatch(TAG_TEXT)
    expect(value.length).toBeLessThanOrEqual(MAX_TAG_VALUE)
    expect(value).not.toMatch(/^aws:|^\s|\s$/i)
    expect(decodeTagValue(value)).toBe(id)
  })

  it('tells every two apart, also where only a hash fits', () => {
    const ids = [...IDS, '#'.repeat(300), '#'.repeat(301)]
    const marks = ids.map((tenantId) => ownershipMarks(serviceOwnership({ tenantId, installation: 'i' })))
    for (const [index, tenantId] of ids.entries()) {
      const mine = marks.map((mark) => isOwnedBy(mark, serviceOwnership({ tenantId, installation: 'i' })))
      expect(mine).toEqual(ids.map((_, other) => other === index))
    }
  })
})

describe('the note of our tags', () => {
  it('tells ours from others and fits with as many as there may be', () => {
    const keys = Array.from({ length: MAX_USER_TAGS }, (_, index) => `key ${index}`)
    const note = noteTagKeys([...keys, 'landlord.owner']) ?? ''
    expect(note).toMatch(TAG_TEXT)
    expect(note.length).toBeLessThanOrEqual(MAX_TAG_VALUE)
    const isOurs = notedTagKeys(note)
    expect(keys.every(isOurs)).toBe(true)
    expect(['billing', 'landlord.owner', ''].some(isOurs)).toBe(false)
  })

  it('is the same whatever the order, and absent without tags', () => {
    expect(noteTagKeys(['a', 'b'])).toBe(noteTagKeys(['b', 'a']))
    expect(noteTagKeys(['landlord.owner'])).toBeUndefined()
    expect(notedTagKeys(undefined)('a')).toBe(false)
  })
})

describe('restartMark', () => {
  it('is a tag’s value for any token', () => {
    expect(restartMark('x'.repeat(1000))).toMatch(/^[0-9a-f]{32}$/)
    expect(restartMark('#')).not.toBe(restartMark('##'))
  })
})
