import { type LandlordSettings, landlordSettingsSchema, loadSettings } from '@landlord/settings'
import { ServerSettingsError } from './server-settings-error.ts'

export interface DatabaseFlags {
  readonly configFile: string | undefined
  /** `--database-url`. */
  readonly url: string | undefined
}

/** For what works on the database beside a server. Throws `ServerSettingsError` that says what `purpose` needs. */
export function readDatabaseSettings(
  purpose: string,
  flags: DatabaseFlags,
): LandlordSettings['database'] & { readonly url: string } {
  const { values } = loadSettings<Pick<LandlordSettings, 'database'>>({
    // What else is wrong in the file is no reason to refuse.
    schema: {
      type: 'object',
      additionalProperties: true,
      properties: { database: landlordSettingsSchema.properties.database },
    },
    configFile: flags.configFile,
    flags: { 'database.url': flags.url },
    flagNames: { 'database.url': '--database-url' },
  })
  const { url } = values.database
  if (url !== undefined) return { ...values.database, url }
  throw new ServerSettingsError({
    keys: ['database.url'],
    message: `${purpose} needs database.url; set it in the settings file, as LANDLORD_DATABASE_URL or with --database-url`,
  })
}
