import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { appSchema } from './__fixtures__/app-schema.ts'
import { settingsJsonSchema } from './settings-json-schema.ts'

const published = settingsJsonSchema(appSchema, { id: 'https://example.com/landlord.json', title: 'Landlord' })

it('is a JSON Schema document that an editor accepts partial files by', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(published)
  expect(published).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://example.com/landlord.json',
    title: 'Landlord',
  })
  expect(validate({ $schema: 'x', http: { port: 1 }, compute: { docker: {} } })).toBe(true)
  expect(validate({ http: { prot: 1 } })).toBe(false)
  expect(validate({ http: { port: 'x' } })).toBe(false)
})

it('describes each key with its variables', () => {
  expect(published).toMatchObject({
    properties: {
      database: {
        properties: {
          url: { description: 'Where the store is.\n\nEnvironment: LANDLORD_DATABASE_URL', writeOnly: true },
        },
      },
      api_url: { description: 'Environment: LANDLORD_API_URL, LANDLORD_CLI_API_URL' },
    },
  })
})
