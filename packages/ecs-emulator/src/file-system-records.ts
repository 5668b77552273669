/** A file system of EFS. */
export interface FileSystemRecord {
  readonly id: string
  readonly arn: string
  readonly creationToken: string
  readonly createdAt: number
  tags: Record<string, string>
}

export interface AccessPointRecord {
  readonly id: string
  readonly arn: string
  readonly clientToken: string
  readonly fileSystemId: string
  readonly createdAt: number
  /** Absolute, in the file system. */
  readonly path: string
  readonly owner?: { readonly uid: number; readonly gid: number; readonly permissions: string }
  readonly posixUser?: { readonly uid: number; readonly gid: number }
  tags: Record<string, string>
}
