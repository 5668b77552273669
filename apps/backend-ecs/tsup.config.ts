import { buildOptions } from '../../tsup.base.ts'

export default buildOptions({ entry: ['src/index.ts', 'src/main.ts'] })
