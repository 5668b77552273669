/** What the server reads of the settings file; the file may hold more. */
export interface ServerSettings {
  readonly server: {
    /** A loopback address: there is no access control yet. */
    readonly host: string
    /** 0 takes a free one. */
    readonly port: number
  }
  readonly database: {
    /** `sqlite:<path of a file>`. */
    readonly url: string
  }
  readonly workflow: {
    /** `http://…`, `https://…` or `unix:/path/of.sock`. */
    readonly ingress_url: string
    readonly admin_url?: string
  }
  readonly worker: {
    /** What workers authenticate with. */
    readonly token: string
  }
  readonly reconcile: {
    readonly sweep_interval_seconds: number
    readonly stale_after_seconds: number
    readonly deadline_seconds: { readonly provision: number; readonly update: number; readonly destroy: number }
  }
}
