import { ExitCode } from '../exit-codes.js';
import { bytesCell, Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { withSluice } from '../open-sluice.js';

/** Options of the FLVX look-ups. */
export interface RelayOptions extends GlobalOptions {
  panel?: string;
}

const TYPES: Record<number, string> = { 1: 'port forward', 2: 'with exit nodes' };

/** `sluice tunnel list` */
export const tunnelList: CommandHandler<RelayOptions> = (_args, options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const tunnels = await sluice.panels.tunnels(options);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ tunnels });
    else if (tunnels.length === 0) terminal.line('No tunnels.');
    else {
      terminal.table(
        ['>id', 'name', 'type', 'status', '>counts'],
        tunnels.map((tunnel) => [
          String(tunnel.id),
          tunnel.name,
          TYPES[tunnel.type] ?? String(tunnel.type),
          terminal.status(tunnel.status === 1 ? 'active' : 'disabled'),
          `${tunnel.multiplier * tunnel.ratio} times`,
        ]),
      );
    }
    return ExitCode.done;
  });

/** `sluice relay users` */
export const relayUsers: CommandHandler<RelayOptions> = (_args, options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const users = await sluice.panels.users(options);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ users });
    else if (users.length === 0) terminal.line('No users.');
    else {
      terminal.table(
        ['>id', 'name', 'status', '>used', '>quota', 'expires', 'service'],
        users.map((user) => [
          String(user.id),
          user.name,
          terminal.status(user.status === 1 ? 'active' : 'disabled'),
          bytesCell(user.usedBytes),
          bytesCell(user.quotaBytes),
          user.expiresAt,
          user.service,
        ]),
      );
    }
    return ExitCode.done;
  });

/** `sluice relay login-link SERVICE` */
export const relayLoginLink: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const link = await sluice.panels.loginLink(id);
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document(link);
    else {
      terminal.line(`${link.url} as ${link.username}`);
      terminal.info('FLVX has no single sign-on: the customer logs in there with his own password.');
    }
    return ExitCode.done;
  });
