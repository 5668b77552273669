import type { ImageRecord } from '../store/records.ts'
import { familiarName, familiarReference, parseReference } from './image-reference.ts'

interface ImageConfiguration {
  readonly created?: string
  readonly author?: string
  readonly architecture?: string
  readonly os?: string
  readonly config?: { readonly Labels?: Readonly<Record<string, string>> | null } | null
  readonly rootfs?: { readonly type?: string; readonly diff_ids?: readonly string[] }
  readonly history?: readonly {
    readonly created?: string
    readonly created_by?: string
    readonly comment?: string
    readonly empty_layer?: boolean
  }[]
}

const configurationOf = ({ config }: ImageRecord): ImageConfiguration => config as ImageConfiguration
const seconds = (time: string | undefined): number => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000))

const tagsOf = (records: readonly ImageRecord[]): string[] =>
  records
    .map(({ reference }) => parseReference(reference))
    .flatMap((reference) => (reference.digest === undefined ? [familiarReference(reference)] : []))

/** Of the names it was pulled under: no registry has it under one that was given later or in an archive. */
const digestsOf = (records: readonly ImageRecord[]): string[] => {
  const names = records.flatMap(({ reference, source, digest }) => {
    const name = familiarName(parseReference(reference))
    return name === familiarName(parseReference(source)) ? [`${name}@${digest}`] : []
  })
  return [...new Set(names)]
}

/** One entry of `GET /images/json`: all references of one image. */
export function toImageSummary(
  records: readonly [ImageRecord, ...ImageRecord[]],
  containers: number,
): Record<string, unknown> {
  const [image] = records
  const { created, config } = configurationOf(image)
  return {
    Id: image.id,
    ParentId: '',
    RepoTags: tagsOf(records),
    RepoDigests: digestsOf(records),
    Created: seconds(created),
    Size: image.size,
    VirtualSize: image.size,
    SharedSize: -1,
    Labels: config?.Labels ?? {},
    Containers: containers,
  }
}

/** The body of `GET /images/{name}/json`. Sizes are of what the registry keeps, which is compressed. */
export function toImageInspect(records: readonly [ImageRecord, ...ImageRecord[]]): Record<string, unknown> {
  const [image] = records
  const { created, author = '', architecture, os, config, rootfs } = configurationOf(image)
  return {
    Id: image.id,
    RepoTags: tagsOf(records),
    RepoDigests: digestsOf(records),
    Parent: '',
    Comment: '',
    Created: created ?? '',
    DockerVersion: '',
    Author: author,
    Config: config ?? {},
    Architecture: architecture ?? '',
    Os: os ?? 'linux',
    Size: image.size,
    VirtualSize: image.size,
    GraphDriver: { Name: 'fargate', Data: null },
    RootFS: { Type: 'layers', Layers: rootfs?.diff_ids ?? [] },
    Metadata: { LastTagTime: image.pulledAt },
  }
}

/** The body of `GET /images/{name}/history`, newest first. */
export function toImageHistory(records: readonly [ImageRecord, ...ImageRecord[]]): Record<string, unknown>[] {
  const [image] = records
  const sizes = image.layers.map(({ size }) => size)
  const entries = (configurationOf(image).history ?? []).map(
    ({ created, created_by: createdBy = '', comment = '', empty_layer: isEmpty }) => ({
      Id: '<missing>',
      Created: seconds(created),
      CreatedBy: createdBy,
      Tags: null as string[] | null,
      Size: isEmpty === true ? 0 : (sizes.shift() ?? 0),
      Comment: comment,
    }),
  )
  const [newest, ...older] = entries.toReversed()
  return newest === undefined ? [] : [{ ...newest, Id: image.id, Tags: tagsOf(records) }, ...older]
}
