import { defineConfig, type Options } from 'tsup'

/** Every package is built alike: ESM for Node, one chunk per entry, declarations by tsc (see each package's `build`). */
export function buildOptions(options: Options): ReturnType<typeof defineConfig> {
  return defineConfig({
    format: ['esm'],
    target: 'node22',
    platform: 'node',
    sourcemap: true,
    clean: false,
    dts: false,
    // `node:sqlite` exists under this name only.
    removeNodeProtocol: false,
    ...options,
  })
}
