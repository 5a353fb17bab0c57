import type { Command } from 'commander';
import { lazily, type CommandContext } from './command.js';

/** `tunnel`, `relay`: what only FLVX panels have. */
export function declareRelay(program: Command, context: CommandContext): void {
  const tunnel = program.command('tunnel').description('tunnels of a FLVX panel');
  tunnel
    .command('list')
    .description('tunnels, and how traffic counts on each')
    .option('--panel <name>', 'of this panel; needed where there are several')
    .addHelpText('after', '\nExample:\n  $ sluice tunnel list --panel relay')
    .action(lazily(context, async () => (await import('./relay.js')).tunnelList));

  const relay = program.command('relay').description('accounts of a FLVX panel');
  relay
    .command('users')
    .description('all accounts but the administrators, and the service of each')
    .option('--panel <name>', 'of this panel; needed where there are several')
    .addHelpText('after', '\nExample:\n  $ sluice relay users --panel relay')
    .action(lazily(context, async () => (await import('./relay.js')).relayUsers));
  relay
    .command('login-link')
    .argument('<service>')
    .description('where the customer of a service logs in, and as whom; there is no single sign-on')
    .addHelpText('after', '\nExample:\n  $ sluice relay login-link svc-1')
    .action(lazily(context, async () => (await import('./relay.js')).relayLoginLink));
}
