import { script } from '@bomb.sh/tab'

/** Prints the script that makes a shell ask `landlord complete -- …` at each Tab. */
export function printCompletionScript(shell: string): void {
  script(shell, 'landlord', 'landlord')
}
