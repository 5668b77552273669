/** What is wrong with a provider, and the parts that must say so: those and no others. */
export const DEFECTS = {
  'the manifest says something else': ['the provider declares the capabilities that the suite was told'],
  'has a method that is not declared': ['optional methods exist exactly where the manifest says so'],
  'has a name in upper case': [
    'the provider speaks specification v1 and has a name of lower case, digits and dashes',
    'every resource carries the marks of its tenant, provider and installation',
  ],

  'the schema is invalid': ['configSchema is a valid JSON Schema of draft 2020-12'],
  'the schema lets unknown keys pass below the root': ['configSchema refuses unknown keys, at every level'],
  'refuses a valid configuration': ['valid configurations are accepted'],
  'points elsewhere': ['an unknown key is an InvalidConfigError that points at it'],
  'reports the first issue only': ['every issue is reported at once'],
  'accepts null': ['what is not an object, and every configuration that the harness calls invalid, is refused'],
  'reads a file to validate a configuration': ['validateConfig does no I/O'],

  'refuses a valid spec': ['validate accepts what the suite provisions'],
  'accepts the spec of another provider': [
    'validate refuses a spec for another provider, an empty tenant id and an invalid configuration',
  ],
  'accepts reserved labels': ['validate refuses labels whose keys are reserved for the marks'],
  'asks the network to validate a spec': ['validate does no I/O'],
  'accepts two containers': ['without `multipleContainers`, validate refuses two containers'],
  'accepts secrets': ['without `secrets`, validate refuses secrets'],
  'runs the first container only': ['with `multipleContainers`, every container of the spec runs'],

  'the harness finds nothing': ['provision makes resources that come to run'],
  'the harness counts nothing': ['provision makes resources that come to run'],
  'makes a second instance': ['provision twice, one after the other, makes one set of resources'],
  'looks at the signal after the first write': [
    'provision aborted before it begins makes nothing, and a second one converges',
    'a signal that is aborted already ends every method as cancelled, before any write',
  ],
  'stumbles over its own leftovers': [
    'provision aborted after its first write: a second one by another instance converges on one set',
  ],

  'takes a missing tenant for a stopped one': [
    'before provision, the tenant is not found',
    'after destroy, the tenant is not found',
    "a foreign resource of the tenant's name is not the tenant",
    "an installation neither sees, nor changes, nor removes another one's tenant of the same id",
    'errors survive JSON with their code, message, retryable and details',
  ],
  'says success too early': ['provision returns at once, the status moves on its own and settles as running'],
  'observes no configuration': ['a settled status observes the wanted configuration'],
  'writes times as it likes': [
    'a settled status tells what the target tells: states, times and endpoints are well formed',
  ],
  'writes to read': ['reading the status writes nothing'],
  'remembers what it destroyed': ['after destroy, the tenant is not found'],

  'writes what is there already': ['an update with an equal configuration is no_changes and writes nothing'],
  'reports a change too many': [
    'an update reports exactly what changed, and a fresh instance sees it as done',
    'the plan for an update is what the update then reports',
  ],
  'reports a change and makes none': [
    'an update reports exactly what changed, and a fresh instance sees it as done',
    'an update that was aborted after its first write is completed by another instance',
  ],
  'leaves the old instance': [
    'an update and an update back leave one set of resources',
    'what was adopted is updated and destroyed as any tenant, by a fresh instance',
  ],
  'believes its own mark': ['an update that was aborted after its first write is completed by another instance'],
  'updates into existence': ['an update of a tenant that does not exist is tenant_not_found and makes nothing'],
  'stops to update': ['with `rollingUpdate`, the tenant goes on running until the update has settled'],

  'forgets the network': [
    'destroy leaves nothing behind',
    'destroy by a fresh instance with only the TenantRef leaves nothing behind',
    'destroy removes what an aborted provision has left',
    '20 tenants at once do not disturb each other',
    'listOwned forgets what was destroyed',
    'what listOwned tells suffices to destroy it',
    'what was adopted is updated and destroyed as any tenant, by a fresh instance',
  ],
  'destroys once': [
    'destroy twice is destroyed twice',
    'destroy of a tenant that never was is destroyed, and writes nothing',
    "destroy does not touch a foreign resource of the tenant's name",
    "an installation neither sees, nor changes, nor removes another one's tenant of the same id",
    'what listOwned tells suffices to destroy it',
  ],
  'writes to destroy nothing': ['destroy of a tenant that never was is destroyed, and writes nothing'],
  'keeps its tenants in memory': [
    'destroy by a fresh instance with only the TenantRef leaves nothing behind',
    'destroy removes what an aborted provision has left',
    'what listOwned tells suffices to destroy it',
    'what was adopted is updated and destroyed as any tenant, by a fresh instance',
  ],
  'never makes a tenant again': ['a destroyed tenant can be provisioned again'],

  'marks the instance only': [
    'every resource carries the marks of its tenant, provider and installation',
    "an installation neither sees, nor changes, nor removes another one's tenant of the same id",
  ],
  'adopts what is foreign': ["provision refuses a foreign resource of the tenant's name and does not touch it"],
  'updates what is foreign': [
    "update refuses a foreign resource of the tenant's name and does not touch it",
    "an installation neither sees, nor changes, nor removes another one's tenant of the same id",
  ],
  'destroys what is foreign': [
    "destroy does not touch a foreign resource of the tenant's name",
    "an installation neither sees, nor changes, nor removes another one's tenant of the same id",
  ],
  'reads what is foreign': [
    "a foreign resource of the tenant's name is not the tenant",
    "an installation neither sees, nor changes, nor removes another one's tenant of the same id",
  ],
  'removes what other installations have': [
    'two installations run different tenants side by side',
    "an installation neither sees, nor changes, nor removes another one's tenant of the same id",
  ],
  'does not look at the installation': [
    "an installation neither sees, nor changes, nor removes another one's tenant of the same id",
  ],

  'ignores a signal that is aborted already': [
    'a signal that is aborted already ends every method as cancelled, before any write',
  ],
  'waits on after an abort': [
    'an abort ends every method within a second as cancelled, though the target says nothing',
  ],

  'takes silence for absence': [
    'a target that cannot be reached is unavailable or a timeout, never "not found" and never a success',
    'errors survive JSON with their code, message, retryable and details',
  ],
  'throws errors of its own': [
    'a target that cannot be reached is unavailable or a timeout, never "not found" and never a success',
  ],
  'loses details in JSON': ['errors survive JSON with their code, message, retryable and details'],
  'logs the password': ['sensitive values of the configuration reach no log, error, change, handle or message'],

  'returns dates': ['every result survives JSON unchanged'],
  'returns numbers in the handle': ['the handle is strings under strings, and a later operation may get it back'],

  'shares state between calls': [
    '20 tenants at once do not disturb each other',
    'tenant ids at the limits of length and character set get resources of their own',
    'listOwned tells the tenants of this installation and no others',
  ],
  'cuts names short': ['tenant ids at the limits of length and character set get resources of their own'],

  'plans to update what is not there': ['the plan for a tenant that is not there is to create it'],
  'plans to update what is equal': ['the plan for an equal configuration is no_changes'],
  'plans other changes': ['the plan for an update is what the update then reports'],
  'writes to plan': ['making a plan writes nothing'],

  'lists what others own': ['listOwned tells the tenants of this installation and no others'],
  'lists what is gone': ['listOwned forgets what was destroyed'],

  'logs line breaks': ['readLogs ends after what is there, with lines without line breaks, and keeps to `tail`'],
  'has empty logs of nobody': ['readLogs of a tenant that does not exist is tenant_not_found'],
  'stops to follow': ['readLogs that follows goes on until it is aborted, and then is cancelled'],

  'writes to plan an adoption': ['the plan of an adoption tells the same each time, and writes nothing'],
  'restarts what it adopts': [
    'what is adopted as it runs goes on running, is found, and has nothing to be updated',
    'adopting twice, by another instance, is adopting once',
    'what belongs to another tenant or installation is not adopted',
  ],
  'adopts a second time': ['adopting twice, by another instance, is adopting once'],
  'forgets what it has adopted': ['what was adopted is updated and destroyed as any tenant, by a fresh instance'],
  'adopts what is of another tenant': ['what belongs to another tenant or installation is not adopted'],
  'adopts what is not there': ['what is not there is not adopted'],

  'accepts a suspended tenant': ['without `suspend`, validate refuses a suspended tenant'],
  'accepts a restart token': ['without `restart`, validate refuses a restart token'],
  'does not suspend': ['with `suspend`, a suspended tenant settles as stopped, and resumed it runs as before'],
  'restarts each time': ['with `restart`, a new token replaces the running copies once, and no configuration changes'],

  'cannot use secrets': [
    'with `secrets`, a tenant with a secret comes to run',
    'with `secrets`, a value that has changed is applied by the next update, once',
    'with `secrets` and `plan`, a value that has changed is seen by the plan',
    'with `secrets`, a value reaches no log, change, handle, status, message or mark',
    'with `secrets`, one that cannot be read is secret_unavailable, before any write',
  ],
  'does not update a secret': ['with `secrets`, a value that has changed is applied by the next update, once'],
  'does not plan a secret': ['with `secrets` and `plan`, a value that has changed is seen by the plan'],
  'logs the secret': ['with `secrets`, a value reaches no log, change, handle, status, message or mark'],
  'marks the secret': ['with `secrets`, a value reaches no log, change, handle, status, message or mark'],
  'reads secrets late': ['with `secrets`, one that cannot be read is secret_unavailable, before any write'],
} as const satisfies Record<string, readonly string[]>

export type Defect = keyof typeof DEFECTS
