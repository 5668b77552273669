import { createRealClock, startEcsEmulator } from '@landlord/ecs-emulator'

/** The emulator as a process of its own, so that it does not share a thread with what is measured. */
const speed = Number(process.argv[2])
const clock = createRealClock({ speed })
const emulator = await startEcsEmulator({ clock })
process.send?.({ url: emulator.url, region: emulator.region, now: clock.now() })
process.on('disconnect', () => void emulator.close())
