import { ExitCode } from '../exit-codes.js';
import { bytesCell, type Terminal } from '../output/terminal.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions } from './command.js';

/** `sluice panel list` */
export const panelList: CommandHandler = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { panels } = await sluice.panels.list();
    terminal.document({ panels });
    terminal.table(
      ['panel', 'kind', 'address', 'capabilities'],
      panels.map((panel) => [panel.name, panel.kind, panel.url, panel.capabilities.join(', ')]),
    );
    return ExitCode.done;
  });

/** `sluice panel test [NAME…]` */
export const panelTest: CommandHandler = (names, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { panels } = await sluice.panels.test(names);
    terminal.document({ panels });
    for (const { name, kind, url, error, latencyMs } of panels) {
      const outcome = error ? terminal.error(error) : `${terminal.status('ok')} in ${String(latencyMs)} ms`;
      if (error || !terminal.quiet) terminal.line(`${name} (${kind}, ${url}): ${outcome}`);
    }
    const ok = panels.filter((panel) => panel.ok).length;
    if (ok === panels.length) return ExitCode.done;
    return ok === 0 ? ExitCode.failed : ExitCode.partial;
  });

type LookupOptions = GlobalOptions & { panel?: string };

const TUNNEL_TYPES: Record<number, string> = { 1: 'port forward', 2: 'with exit nodes' };

/** `sluice tunnel list` */
export const tunnelList: CommandHandler<LookupOptions> = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const tunnels = await sluice.panels.tunnels(options);
    terminal.document({ tunnels });
    if (tunnels.length === 0) terminal.line('No tunnels.');
    else {
      terminal.table(
        ['>id', 'name', 'type', 'status', '>factor'],
        tunnels.map((tunnel) => [
          String(tunnel.id),
          tunnel.name,
          TUNNEL_TYPES[tunnel.type] ?? String(tunnel.type),
          statusCell(terminal, tunnel.status),
          `${tunnel.multiplier * tunnel.ratio}×`,
        ]),
      );
    }
    return ExitCode.done;
  });

/** `sluice relay users` */
export const relayUsers: CommandHandler<LookupOptions> = (_args, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const users = await sluice.panels.users(options);
    terminal.document({ users });
    if (users.length === 0) terminal.line('No users.');
    else {
      terminal.table(
        ['>id', 'name', 'status', '>used', '>quota', 'expires', 'service'],
        users.map((user) => [
          String(user.id),
          user.name,
          statusCell(terminal, user.status),
          bytesCell(user.usedBytes),
          bytesCell(user.quotaBytes),
          user.expiresAt,
          user.service,
        ]),
      );
    }
    return ExitCode.done;
  });

function statusCell(terminal: Terminal, status: number): string {
  return terminal.status(status === 1 ? 'active' : 'disabled');
}

/** `sluice relay login-link SERVICE` */
export const relayLoginLink: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const link = await sluice.panels.loginLink(id);
    terminal.document(link);
    terminal.line(`${link.url} as ${link.username}`);
    terminal.info('FLVX has no single sign-on: the customer logs in with the password of the account.');
    return ExitCode.done;
  });
