import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type Docker from 'dockerode'
import tar from 'tar-stream'

export interface TestImageOptions {
  /** Default `landlord-test/busybox:latest`. */
  readonly name?: string
  /** Dockerfile instructions laid over the image, e.g. `ENV A=b`, `LABEL x=y`, `HEALTHCHECK …`, `CMD …`, `VOLUME /data`. */
  readonly changes?: readonly string[]
}

export const TEST_IMAGE = 'landlord-test/busybox:latest'
/** Debian's package busybox-static brings it. */
export const BUSYBOX = '/bin/busybox'
const RECIPE_LABEL = 'landlord-test.recipe'
const APPLETS =
  'base64 cat chmod chown cp date dd df echo env expr false grep head hostname httpd id ip kill ls mkdir mkfifo mv nc nslookup ping printf ps pwd rm sed seq sh sleep stat stty sync tail tar test touch tr trap true wc wget whoami yes'.split(
    ' ',
  )

/**
 * Gives the engine a small image without any registry, from Debian's statically linked busybox. A second call finds the first
 * one's image. Returns the image's name.
 */
export async function ensureTestImage(docker: Docker, options: TestImageOptions = {}): Promise<string> {
  const name = options.name ?? TEST_IMAGE
  const busybox = await readFile(BUSYBOX)
  const changes = ['ENV PATH=/bin', 'CMD ["sh"]', ...(options.changes ?? [])]
  const recipe = createHash('sha256')
    .update(busybox)
    .update(JSON.stringify([APPLETS, changes]))
    .digest('hex')
  if ((await recipeOf(docker, name)) === recipe) return name

  await importImage(docker, await packRootFilesystem(busybox), {
    ...repositoryAndTag(name),
    changes: [...changes, `LABEL ${RECIPE_LABEL}=${recipe}`],
  })
  return name
}

async function recipeOf(docker: Docker, name: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(name).inspect()).Config.Labels?.[RECIPE_LABEL]
  } catch {
    return undefined
  }
}

function repositoryAndTag(name: string): { repo: string; tag: string } {
  const colon = name.lastIndexOf(':')
  return colon > name.lastIndexOf('/')
    ? { repo: name.slice(0, colon), tag: name.slice(colon + 1) }
    : { repo: name, tag: 'latest' }
}

/** A root file system as a tar archive: busybox, its applets as links, and the folders that programs expect. */
export async function packRootFilesystem(busybox: Buffer): Promise<Buffer> {
  const pack = tar.pack()
  for (const folder of ['bin', 'etc', 'tmp', 'var', 'data']) {
    pack.entry({ name: `${folder}/`, type: 'directory', mode: folder === 'tmp' ? 0o1777 : 0o755 })
  }
  pack.entry({ name: 'bin/busybox', mode: 0o755 }, busybox)
  for (const applet of APPLETS) pack.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox' })
  pack.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n')
  pack.entry({ name: 'etc/group' }, 'root:x:0:\nnogroup:x:65534:\n')
  pack.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of pack) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function importImage(
  docker: Docker,
  archive: Buffer,
  query: { repo: string; tag: string; changes: string[] },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finished = (error: Error | null, answer: Buffer | object | null) => {
      const text = Buffer.isBuffer(answer) ? answer.toString() : JSON.stringify(answer)
      // What goes wrong after the headers comes as an event behind status 200.
      if (error !== null || text.includes('"error"'))
        reject(error ?? new Error(`the engine refused the test image: ${text}`))
      else resolve()
    }
    const parameters = new URLSearchParams({ fromSrc: '-', repo: query.repo, tag: query.tag })
    for (const change of query.changes) parameters.append('changes', change)
    // Without options, docker-modem cuts the last character off an address that has a query.
    const path = `/images/create?${parameters}&`
    docker.modem.dial({ path, method: 'POST', file: archive, options: {}, statusCodes: { 200: true } }, finished)
  })
}
