import type { ContainerRecord } from '../../store/records.ts'
import { readMounts } from '../definition/read-mounts.ts'

/** `Mounts`, of the list and of inspect. */
export function toMounts({ config }: ContainerRecord): object[] {
  return readMounts(config).map((mount) => {
    const isReadOnly = mount.kind !== 'tmpfs' && mount.readOnly
    const name = mount.kind === 'volume' ? mount.volume : ''
    return {
      Type: mount.kind === 'tmpfs' ? 'tmpfs' : 'volume',
      ...(name === '' ? {} : { Name: name }),
      Source: '',
      Destination: mount.target,
      ...(mount.kind === 'tmpfs' ? {} : { Driver: 'local' }),
      Mode: isReadOnly ? 'ro' : '',
      RW: !isReadOnly,
      Propagation: '',
    }
  })
}
