/** A value of an answer in the query protocol: structures become elements, lists become items of the given name. */
export type XmlValue = string | number | boolean | { readonly [name: string]: XmlValue } | readonly XmlValue[]

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character)

export function toXml(name: string, value: XmlValue, itemName: string): string {
  return `<${name}>${content(value, itemName)}</${name}>`
}

function content(value: XmlValue, itemName: string): string {
  if (isList(value)) return value.map((item) => toXml(itemName, item, itemName)).join('')
  if (typeof value !== 'object') return escapeXml(String(value))
  return Object.entries(value)
    .map(([name, part]) => toXml(name, part, itemName))
    .join('')
}

export const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value)

/** `SubnetId.1`, `SubnetId.2` … in order. */
export function listParameter(parameters: URLSearchParams, name: string): string[] {
  const values: string[] = []
  for (let index = 1; ; index += 1) {
    const value = parameters.get(`${name}.${index}`)
    if (value === null) return values
    values.push(value)
  }
}
