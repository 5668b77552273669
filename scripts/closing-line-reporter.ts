import type { Reporter, TestModule } from 'vitest/node'

/** Ends every run with one plain line that counts the tests, for people and for what reads CI's output. */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state !== 'pending') counts[state] += 1
      }
      // A file that cannot even be loaded holds no test, but it has failed all the same.
      if (module.errors().length > 0) counts.failed += 1
    }
    process.on('exit', () => {
      process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
    })
  }
}
