import type { ComputeProvider, ContainerSpec, JsonObject, SecretReference } from '@landlord/compute-core'

/**
 * `live`: the real target, or its emulator. `silent`: accepts connections and never answers. `unreachable`: refuses
 * them, or answers everything with its equivalent of 503.
 */
export type TargetCondition = 'live' | 'silent' | 'unreachable'

export interface CreateProviderOptions {
  /** The control plane's id, for the ownership marks. */
  readonly installation: string
  readonly target: TargetCondition
}

/** A resource at the target, read without the provider. */
export interface RawResource {
  readonly kind: string
  readonly id: string
  /** Labels or tags, ownership marks included. */
  readonly labels: Readonly<Record<string, string>>
}

/** A resource that somebody else made. */
export interface ForeignResource {
  /** Everything that a provider could change about it; undefined once it is gone. Compared before and after. */
  read(): unknown | Promise<unknown>
}

/** Something that runs and can be adopted. */
export interface AdoptableResource {
  /** As `planAdoption` and `adopt` take it. */
  readonly resource: string
  /** What must be the same after an adoption, e.g. the ids of what runs and since when; undefined once it is gone. */
  read(): unknown | Promise<unknown>
}

/** What the suite needs to know about a provider and its target. Made anew for each test. */
export interface ConformanceHarness {
  /** A provider that shares nothing with the others but the target; the suite closes it. */
  createProvider(options: CreateProviderOptions): ComputeProvider | Promise<ComputeProvider>
  /** A configuration that comes to run. The provider's `configDefaults` are merged under it. */
  readonly config: JsonObject
  /** Another one, which the same tenant can be updated to. Not equal to `config`. */
  readonly changedConfig: JsonObject
  /** The JSON pointers at which the two differ, as `UpdateResult.changes` reports them. Not empty. */
  readonly changedPaths: readonly string[]
  /** Configurations that must be refused, beside the ones that the suite makes up. */
  readonly invalidConfigs?: readonly JsonObject[]
  /** How many calls that create, change or remove something the target has received. */
  countWrites(): number | Promise<number>
  /** All that the target holds for this tenant, whichever installation made it, found without the provider. */
  listRaw(tenantId: string): readonly RawResource[] | Promise<readonly RawResource[]>
  /** Makes something of the name that this tenant's resource would get, without marks. Needed with `ownership`. */
  createForeign?(tenantId: string): ForeignResource | Promise<ForeignResource>
  /**
   * Makes something without marks that runs with `config`, under a name of its own, as somebody else would. Needed with `adopt`.
   */
  createAdoptable?(): AdoptableResource | Promise<AdoptableResource>
  /** Two containers or more that come to run. Needed with `multipleContainers`. */
  readonly containers?: readonly ContainerSpec[]
  /** A reference that the provider accepts; the suite makes up its value. Needed with `secrets`. */
  readonly secret?: SecretReference
  /** Removes whatever a test may have left behind, and closes what the harness opened. */
  dispose?(): void | Promise<void>
}
