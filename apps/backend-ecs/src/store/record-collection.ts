import type { DatabaseSync } from 'node:sqlite'

/** Records of one kind by key, each with a name that no other has. */
export interface RecordCollection<Item extends object> {
  get(key: string): Item | undefined
  byName(name: string): Item | undefined
  /** Those whose key begins so, at most two: enough to know whether there is one. */
  byKeyPrefix(prefix: string): Item[]
  /** Oldest first. */
  list(): Item[]
  /** False, and nothing written, when key or name is taken. */
  insert(item: Item): boolean
  /** Writes over the record of the same key; false when there is none, or when another one has the name. */
  replace(item: Item): boolean
  /** Reads, changes and writes in one go; undefined when there is none. Throws when the name is another one's. */
  update(key: string, change: (item: Item) => Item): Item | undefined
  /** True when there was one. */
  delete(key: string): boolean
}

type Row = { readonly record: string }

/** `identify` gives the key and the name of a record. Makes the table when it is missing. */
export function openCollection<Item extends object>(
  database: DatabaseSync,
  table: string,
  identify: (item: Item) => { readonly key: string; readonly name: string },
): RecordCollection<Item> {
  database.exec(
    `create table if not exists ${table} (
      position integer primary key autoincrement, key text not null unique, name text not null unique, record text not null
    ) strict`,
  )
  const select = (condition: string) => database.prepare(`select record from ${table} ${condition}`)
  const byKey = select('where key = ?')
  const byName = select('where name = ?')
  // A range, so that the index serves it; keys are ASCII.
  const byPrefix = select("where key >= ?1 and key < ?1 || '~' order by key limit 2")
  const all = select('order by position')
  const insert = database.prepare(`insert or ignore into ${table} (key, name, record) values (?, ?, ?)`)
  const replace = database.prepare(`update or ignore ${table} set name = ?2, record = ?3 where key = ?1`)
  const remove = database.prepare(`delete from ${table} where key = ?`)
  const read = (row: unknown): Item | undefined =>
    row === undefined ? undefined : (JSON.parse((row as Row).record) as Item)
  const readAll = (rows: unknown[]): Item[] => rows.map((row) => JSON.parse((row as Row).record) as Item)
  const values = (item: Item): [string, string, string] => {
    const { key, name } = identify(item)
    return [key, name, JSON.stringify(item)]
  }
  const write = (item: Item): boolean => replace.run(...values(item)).changes === 1

  return {
    get: (key) => read(byKey.get(key)),
    byName: (name) => read(byName.get(name)),
    byKeyPrefix: (prefix) => readAll(byPrefix.all(prefix)),
    list: () => readAll(all.all()),
    insert: (item) => insert.run(...values(item)).changes === 1,
    replace: write,
    update(key, change) {
      const found = read(byKey.get(key))
      if (found === undefined) return undefined
      const changed = change(found)
      if (!write(changed)) throw new Error(`${table}: the name of ${key} is taken`)
      return changed
    },
    delete: (key) => remove.run(key).changes === 1,
  }
}
