/** The part of a test runner that the suite needs: vitest, jest, or `node:test` with the `expect` package. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: TestFunction & { readonly skip: (name: string, body: () => void) => unknown }
  readonly expect: Expect
}

/** `node:test` takes no timeout here and has none by default. */
type TestFunction = (name: string, body: () => Promise<void>, timeoutMs: number) => unknown

export type Expect = (actual: unknown) => { toEqual(expected: unknown): unknown }
