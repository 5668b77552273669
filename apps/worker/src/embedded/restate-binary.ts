import { createRequire } from 'node:module'

/**
 * The engine's executable for this machine, from the optional dependency of `@restatedev/restate-server`. The package's own
 * launcher is passed over: it is a process more, and killing it would leave the engine behind. Throws when there is none.
 */
export function findRestateBinary(): string {
  const target = `${process.platform}-${process.arch}`
  try {
    const require = createRequire(import.meta.resolve('@restatedev/restate-server/package.json'))
    return require.resolve(`@restatedev/restate-server-${target}/bin/restate-server`)
  } catch (cause) {
    throw new Error(
      `there is no embedded workflow engine for ${target}: it exists for linux and darwin on x64 and arm64, as an optional dependency that may have been left out at installation; install it, or set workflow.ingress_url and workflow.admin_url to a Restate server`,
      { cause },
    )
  }
}
