/**
 * A plain JSON copy of a schema in which every schema that has an `$id` is a reference to the document's components;
 * those are put into `components` by their ids.
 */
export function toReferences(schema: unknown, components: Map<string, object>): object {
  return walk(schema, components) as object
}

function walk(value: unknown, components: Map<string, object>): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, components))
  if (typeof value !== 'object' || value === null) return value
  const { $id, ...rest } = value as { readonly $id?: unknown }
  if (typeof $id !== 'string') return walkEntries(rest, components)
  if (!components.has($id)) {
    components.set($id, {})
    components.set($id, walkEntries(rest, components))
  }
  return { $ref: `#/components/schemas/${$id}` }
}

function walkEntries(value: object, components: Map<string, object>): object {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, components)]))
}
