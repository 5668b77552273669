/** What is kept of each thing that Docker clients know. All plain JSON; times are ISO 8601. */

export interface ContainerRecord {
  /** 64 hex digits. */
  readonly id: string
  /** Without the slash in front; unique. */
  readonly name: string
  readonly createdAt: string
  /** The body of the create request as it came, defaults not filled in; `HostConfig` and `NetworkingConfig` in it. */
  readonly config: DockerCreateBody
  /** The image's id (`sha256:…`, of its configuration); the reference as given is `config.Image`. */
  readonly imageId: string
  readonly taskDefinitionArn: string
  /** Counts starts; part of RunTask's client token. 0: never started. */
  readonly runs: number
  readonly restartCount: number
  /**
   * From before RunTask is called until the end of the task has been seen: where this process dies in between, the next one
   * goes on from here.
   */
  readonly live?: boolean
  /** Somebody asked for the end: no restart policy applies. */
  readonly stopRequested?: boolean
  /** `docker restart` is between the end and the new start: a container with `autoRemove` stays. */
  readonly restartRequested?: boolean
  /** The last start did not lead to a run; `state.error` says why. */
  readonly startFailed?: boolean
  /**
   * The number of a run for which nobody knows whether RunTask has happened. The next start uses it again, so that ECS answers
   * with the same task if it has.
   */
  readonly unsureRun?: number
  /** From when its names are made known on its networks until they have been taken away again. */
  readonly hasNames?: boolean
  /** The task of the last start; absent before the first, and between the intent to start and ECS's answer. */
  readonly taskArn?: string
  /** Private address of the running task. */
  readonly address?: string
  /** CloudWatch log stream of the last start, in the settings' log group. */
  readonly logStream?: string
  /** Log streams of earlier starts, oldest first. */
  readonly formerLogStreams?: readonly string[]
  readonly state: ContainerState
  readonly networks: readonly ContainerEndpoint[]
  /** Names of named volumes, by path in the container. */
  readonly mounts: readonly { readonly volume: string; readonly target: string; readonly readOnly: boolean }[]
  readonly autoRemove: boolean
}

export interface ContainerState {
  readonly status: 'created' | 'running' | 'restarting' | 'removing' | 'exited' | 'dead'
  readonly startedAt?: string
  readonly finishedAt?: string
  /** 0 until it has ended. */
  readonly exitCode: number
  readonly oomKilled: boolean
  /** Why it could not start or was stopped; empty when all is well. */
  readonly error: string
  /** Present where the container has a health check. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy'
}

export interface ContainerEndpoint {
  readonly networkId: string
  readonly aliases: readonly string[]
}

/** The Docker Engine API's create body, as far as anything here reads it. */
export interface DockerCreateBody {
  readonly Image?: string
  readonly Cmd?: readonly string[] | null
  readonly Entrypoint?: readonly string[] | null
  readonly Env?: readonly string[] | null
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly HostConfig?: Readonly<Record<string, unknown>> | null
  readonly NetworkingConfig?: {
    readonly EndpointsConfig?: Readonly<Record<string, { readonly Aliases?: readonly string[] | null } | null>> | null
  } | null
  readonly [option: string]: unknown
}

export interface NetworkRecord {
  /** 64 hex digits. */
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly labels: Readonly<Record<string, string>>
  /** `creating` and `removing` are intents: where this process dies, the next one takes down what there is. */
  readonly phase: 'creating' | 'ready' | 'removing'
  readonly securityGroupId?: string
  readonly namespaceId?: string
  /** What names on this network end in. */
  readonly domain?: string
}

export interface VolumeRecord {
  readonly name: string
  readonly createdAt: string
  readonly labels: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, string>>
  /** Absent while it is being made: the intent is written first. */
  readonly accessPointId?: string
  readonly fileSystemId: string
  /** Absolute, in the file system. */
  readonly path: string
}

export interface ImageRecord {
  /** The normalised reference with its tag or digest: `docker.io/library/busybox:latest`. One record for each reference. */
  readonly reference: string
  /** `sha256:…` of the image's configuration. */
  readonly id: string
  /** `sha256:…` of the manifest of the platform in use. */
  readonly manifestDigest: string
  /** What a pull of this reference answered, which may be an index. */
  readonly digest: string
  /** Where ECS is to pull it from; differs from `reference` after `docker tag` and `docker load`. */
  readonly source: string
  /** The image's configuration, as the registry has it (OCI image spec). */
  readonly config: Readonly<Record<string, unknown>>
  /** Compressed layers and configuration together, in bytes. */
  readonly size: number
  readonly layers: readonly { readonly digest: string; readonly size: number }[]
  readonly pulledAt: string
  /** The registry wanted a password of the client, which ECS does not have. */
  readonly needsCredentials?: boolean
  /** Of `docker load`: the tag that holds it in ECR, and goes with the last record that has it. */
  readonly loadedTag?: string
}

export interface ExecRecord {
  /** 64 hex digits. */
  readonly id: string
  readonly containerId: string
  readonly createdAt: string
  readonly command: readonly string[]
  readonly env: readonly string[]
  readonly workingDir: string
  readonly user: string
  readonly tty: boolean
  readonly attachStdin: boolean
  readonly attachStdout: boolean
  readonly attachStderr: boolean
  readonly running: boolean
  readonly started: boolean
  /** Null until it has ended. */
  readonly exitCode: number | null
  readonly endedAt?: string
}
