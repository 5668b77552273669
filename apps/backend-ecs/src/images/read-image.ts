import { DockerError } from '../errors/docker-error.ts'
import type { EcsSettings } from '../settings/backend-settings.ts'
import type { ImageRecord } from '../store/records.ts'
import { fullReference, type ImageReference } from './image-reference.ts'
import type { RegistryBlob, RegistryClient } from './registry-client.ts'

interface Descriptor {
  readonly digest: string
  readonly size: number
  readonly mediaType?: string
  readonly platform?: { readonly os?: string; readonly architecture?: string }
}

interface Manifest {
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
  readonly manifests?: readonly Descriptor[]
}

/** Reads what a reference means for the platform of the tasks: manifest, and the configuration of the image. */
export async function readImage(
  client: RegistryClient,
  reference: ImageReference,
  architecture: EcsSettings['cpu_architecture'],
): Promise<Omit<ImageRecord, 'pulledAt'>> {
  const top = await client.manifest(reference)
  const chosen = await chooseManifest(client, reference, top, architecture)
  const { config: descriptor, layers = [] } = parse<Manifest>(chosen)
  if (descriptor === undefined) throw unusable(reference, 'its manifest names no configuration (schema 1 is not read)')
  const config = parse<Record<string, unknown>>(await client.blob(reference, descriptor.digest))
  if (config.architecture !== undefined && config.architecture !== GO_ARCHITECTURES[architecture]) {
    throw unusable(
      reference,
      `it is made for ${String(config.architecture)}, and tasks run on ${architecture} (ecs.cpu_architecture)`,
    )
  }
  const { registry, repository } = reference
  return {
    reference: fullReference(reference),
    id: descriptor.digest,
    manifestDigest: chosen.digest,
    digest: top.digest,
    source: `${registry}/${repository}@${chosen.digest}`,
    config,
    size: layers.reduce((sum, { size }) => sum + size, descriptor.size),
    layers: layers.map(({ digest, size }) => ({ digest, size })),
  }
}

/** Tasks' platforms, as images call them. */
export const GO_ARCHITECTURES = { X86_64: 'amd64', ARM64: 'arm64' }

async function chooseManifest(
  client: RegistryClient,
  reference: ImageReference,
  top: RegistryBlob,
  architecture: EcsSettings['cpu_architecture'],
): Promise<RegistryBlob> {
  const { manifests } = parse<Manifest>(top)
  if (manifests === undefined) return top
  const wanted = GO_ARCHITECTURES[architecture]
  const found = manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === wanted)
  if (found === undefined) {
    const offered = manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`).join(', ')
    throw unusable(
      reference,
      `no matching manifest for linux/${wanted} in the manifest list entries; it has ${offered}`,
    )
  }
  return await client.manifest(reference, found.digest)
}

function parse<Content>({ bytes, digest }: RegistryBlob): Content {
  try {
    return JSON.parse(bytes.toString('utf8')) as Content
  } catch (cause) {
    throw new DockerError({ status: 500, message: `${digest}: the registry sent what is not JSON`, cause })
  }
}

const unusable = (reference: ImageReference, why: string): DockerError =>
  new DockerError({ status: 404, message: `${fullReference(reference)}: ${why}` })
