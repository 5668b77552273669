// The arrows that must never exist (docs/architecture.md), as a check: `pnpm arrows`.

const packages = (names) => `^packages/(${names})/`
const npm = (names) => `(^|/)node_modules/(${names})(/|$)`
const forbid = (name, from, to, comment) => ({ name, comment, severity: 'error', from, to })

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    forbid(
      'no-cycle',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
      'Import cycles hide who owns what.',
    ),
    forbid(
      'core-imports-no-workspace-package',
      { path: packages('compute-core') },
      { path: '^(packages|apps)/', pathNot: packages('compute-core') },
      'compute-core is what outside authors install: it stands alone.',
    ),
    forbid(
      'provider-imports-core-only',
      { path: '^packages/(provider-(?!wiring|conformance)[^/]+)/', pathNot: '\\.test\\.ts$|/__fixtures__/' },
      { path: '^(packages|apps)/', pathNot: '^packages/($1|compute-core)/' },
      'A provider imports core only: neither another provider nor aws-config. The apps hand credentials in.',
    ),
    forbid(
      'conformance-imports-core-only',
      { path: packages('provider-conformance'), pathNot: '\\.test\\.ts$' },
      { path: '^(packages|apps)/', pathNot: packages('provider-conformance|compute-core') },
      'The suite must fit every provider.',
    ),
    forbid(
      'aws-config-stands-alone',
      { path: packages('aws-config') },
      { path: '^(packages|apps)/', pathNot: packages('aws-config') },
      'aws-config knows neither core nor a provider.',
    ),
    forbid('package-imports-no-app', { path: '^packages/' }, { path: '^apps/' }, 'Packages do not know the apps.'),
    forbid('server-not-worker', { path: '^apps/server/' }, { path: '^apps/worker/' }, 'They meet over HTTP only.'),
    forbid('worker-not-server', { path: '^apps/worker/' }, { path: '^apps/server/' }, 'They meet over HTTP only.'),
    forbid(
      'clients-know-the-contract-only',
      { path: '^apps/(cli|dashboard)/src/', pathNot: '^apps/cli/src/dev/|\\.test\\.ts$' },
      { path: '^(packages|apps)/', pathNot: '^(packages/(api-contract|settings)|apps/(cli|dashboard))/' },
      'The command line and the dashboard speak HTTP; `dev` alone loads server and worker, at run time.',
    ),
    forbid(
      'dev-loads-at-run-time',
      { path: '^apps/cli/src/' },
      { path: '^apps/(server|worker)/', dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'] },
      'A client command must not pay for the server.',
    ),
    forbid(
      'docker-sdk-in-its-provider',
      {
        path: '^(packages|apps)/',
        pathNot: '^packages/(provider-docker|test-engine|ecs-emulator)/|^apps/backend-ecs/|\\.test\\.ts$',
      },
      { path: npm('dockerode|docker-modem') },
      'A vendor SDK stays in its provider.',
    ),
    forbid(
      'aws-sdk-in-its-packages',
      {
        path: '^(packages|apps)/',
        pathNot: '^packages/(provider-ecs|aws-config|ecs-emulator)/|^apps/backend-ecs/|\\.test\\.ts$',
      },
      { path: npm('@aws-sdk|@smithy') },
      'A vendor SDK stays in its provider.',
    ),
    forbid(
      'restate-in-the-worker',
      { path: '^(packages|apps)/', pathNot: '^apps/worker/' },
      { path: npm('@restatedev') },
      'The server speaks plain HTTP to the workflow engine.',
    ),
    forbid(
      'opentelemetry-in-its-package',
      { path: '^(packages|apps)/', pathNot: '^packages/tracing/' },
      { path: npm('@opentelemetry') },
      'Server and worker know spans and `traceparent` texts; what records them is loaded only where it is switched on.',
    ),
    forbid(
      'tracing-in-server-and-worker',
      { path: '^(packages|apps)/', pathNot: '^apps/(server|worker)/|^packages/tracing/' },
      { path: packages('tracing') },
      'Providers and clients are traced from outside.',
    ),
    forbid(
      'opentelemetry-loads-at-run-time',
      { path: '^packages/tracing/src/(?!otlp-|preset-ids)', pathNot: '\\.test\\.ts$' },
      {
        path: '^packages/tracing/src/(otlp-|preset-ids)',
        dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'],
      },
      'Nobody else pays for it.',
    ),
    forbid(
      'http-framework-in-the-servers',
      { path: '^(packages|apps)/', pathNot: '^apps/(server|backend-ecs)/|^packages/ecs-emulator/' },
      { path: npm('fastify|@fastify') },
      'Everything else is a client or a library.',
    ),
    forbid(
      'production-not-test',
      { path: '^(packages|apps)/[^/]+/src/', pathNot: '\\.test(-d)?\\.ts$|/__fixtures__/|^packages/test-engine/' },
      { path: '\\.test(-d)?\\.ts$|/__fixtures__/|^packages/test-engine/|^(e2e|bench)/' },
      'Production source never needs a test.',
    ),
    forbid(
      'decide-is-pure',
      { path: '^apps/worker/src/(step/)?decide\\.ts$' },
      { path: '.', dependencyTypesNot: ['type-only', 'type-import'], pathNot: '^apps/worker/src/' },
      '`decide` has no I/O, no clock and no chance.',
    ),
    forbid(
      'no-relative-import-across-packages',
      { path: '^(packages|apps)/([^/]+)/' },
      { path: '^(packages|apps)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
      'A package is imported by its name, which opens only what its `exports` list.',
    ),
    forbid('no-unresolvable', {}, { couldNotResolve: true }, 'A deep import past `exports`, or a missing dependency.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|templates|packed-consumer)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@landlord/source', 'import', 'node', 'default'],
      mainFields: ['main'],
    },
  },
}
