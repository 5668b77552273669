import { type LoadedSettings, type LoadSettingsOptions, loadSettings } from '../load-settings.ts'
import { SettingsError } from '../settings-error.ts'
import { type AppSettings, appSchema } from './app-schema.ts'
import { settingsFolder } from './settings-folder.ts'

export type AppOptions = Partial<LoadSettingsOptions> & { readonly file?: string }

/** Loads the example app's settings from nothing but the arguments; `file` becomes `landlord.yaml` in a folder of its own. */
export function loadAppSettings({ file, ...options }: AppOptions = {}): LoadedSettings<AppSettings> {
  const cwd = options.cwd ?? settingsFolder(file === undefined ? {} : { 'landlord.yaml': file })
  return loadSettings<AppSettings>({ schema: appSchema, env: {}, searchPaths: ['landlord.yaml'], ...options, cwd })
}

/** The messages of the error that the settings cause; none when they are right. */
export function problemsOf(options: AppOptions): string[] {
  try {
    loadAppSettings(options)
    return []
  } catch (error) {
    if (SettingsError.isInstance(error)) return error.issues.map((issue) => issue.message)
    throw error
  }
}
