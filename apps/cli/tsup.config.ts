import { buildOptions } from '../../tsup.base.ts'

// The contract and the settings are bundled: loading their hundreds of small files takes 0.2 s, one file takes none.
export default buildOptions({
  entry: ['src/main.ts'],
  splitting: true,
  clean: true,
  noExternal: ['@landlord/api-contract', '@landlord/settings'],
  esbuildOptions: (options) => {
    options.conditions = ['@landlord/source']
  },
})
