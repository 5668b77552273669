import { Argument, type Command } from 'commander'

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .summary('completion for your shell')
    .description('Print the completion script of a shell: commands, options, and names of tenants and providers.')
    .addArgument(new Argument('<shell>', 'which shell').choices([...SHELLS]))
    .addHelpText('after', INSTALL)
    .action(async (shell: string) => {
      const { printCompletionScript } = await import('../completion/completion-script.ts')
      printCompletionScript(shell)
    })
}

const INSTALL = `
Install:
  bash        landlord completion bash > ~/.local/share/bash-completion/completions/landlord
  zsh         landlord completion zsh > "\${fpath[1]}/_landlord"
  fish        landlord completion fish > ~/.config/fish/completions/landlord.fish
  powershell  landlord completion powershell >> $PROFILE`
