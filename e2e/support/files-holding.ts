import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The files below a folder whose bytes hold the text somewhere. */
export async function filesHolding(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  // One that was there a moment ago may be gone: the engine tidies up.
  const contents = await Promise.all(files.map(async (file) => [file, await readFile(file).catch(() => '')] as const))
  return contents.filter(([, content]) => content.includes(text)).map(([file]) => file)
}
