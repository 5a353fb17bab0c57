import type { PanelView, RelayUser, RemovedPanel } from '@sluice/engine';
import { describeEnforcement } from '@sluice/engine/words';
import type { SpeedLimitView, TunnelGroupView, TunnelView } from '@sluice/panel-kind';
import { bytes, shares, state, text, time } from '../terminal/columns.js';
import { bytesCell } from '../terminal/terminal.js';
import { describeTest } from '../terminal/reports/panel-test.js';
import type { Deps } from '../context.js';
import { kindTitle } from '../kinds.js';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler } from './command.js';
import { printPanels } from './observed.js';
import { STATUSES } from './statuses.js';
import { type List, listCommand, type ListOptions } from './list.js';

const toPanelList = (deps: Deps): List<PanelView> => ({
  key: 'panels',
  empty: 'No panels. Add one to the config.',
  columns: [
    text('panel', ({ name }) => name),
    { name: 'kind', value: ({ kind }) => kind, cell: ({ kind }) => kindTitle(deps, kind) },
    {
      ...text<PanelView>('enforce', ({ enforce }) => describeEnforcement(enforce)),
      cell: ({ name, enforce }, { times }) => describeEnforcement(enforce, (at) => times.at(at, name) ?? at),
      // What runs may change matters more than addresses.
      least: 40,
    },
    text('address', ({ url }) => url, { priority: 1 }),
    text('capabilities', ({ capabilities }) => capabilities.join(', '), { priority: 2 }),
  ],
});

/** `sluice panel list` */
export const panelList: CommandHandler<ListOptions> = (args, options, deps) =>
  listCommand<PanelView, ListOptions, { removed: RemovedPanel[] }>(
    toPanelList(deps),
    async ({ sluice }) => {
      const { panels, removed } = await sluice.panels.list();
      return { rows: panels, also: { removed } };
    },
    async ({ sluice, terminal }, panels, { csv, panel }, also) => {
      if (csv !== undefined) return ExitCode.done;
      await printPanels({ sluice, terminal }, panels, panel);
      for (const { message } of also?.removed ?? []) terminal.line(terminal.colors.red(message));
      return ExitCode.done;
    },
  )(args, options, deps);

/** `sluice panel test [NAME…]` */
export const panelTest: CommandHandler = (names, options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { panels } = await sluice.panels.test(names);
    terminal.document({ panels });
    for (const panel of panels) {
      if (panel.error || !terminal.quiet) terminal.line(describeTest(terminal, panel, kindTitle(deps, panel.kind)));
      for (const warning of panel.warnings) {
        terminal.line(`  ${terminal.paint('warning', '!')} ${terminal.times.text(warning, panel.name)}`);
      }
    }
    const ok = panels.filter((panel) => panel.ok).length;
    if (ok === panels.length) return ExitCode.done;
    return ok === 0 ? ExitCode.failed : ExitCode.partial;
  });

const TUNNEL_TYPES: Record<number, string> = { 1: 'port forward', 2: 'with exit nodes' };

const TUNNELS: List<TunnelView> = {
  key: 'tunnels',
  statuses: STATUSES.panels,
  empty: 'No tunnels.',
  columns: [
    text('id', ({ id }) => id, { align: 'right' }),
    text('name', ({ name }) => name),
    text('type', ({ type }) => TUNNEL_TYPES[type] ?? type, { priority: 1 }),
    state('status', ({ status }) => statusWord(status)),
    {
      ...text<TunnelView>('factor', ({ multiplier, ratio }) => multiplier * ratio, { align: 'right' }),
      cell: ({ multiplier, ratio }) => `${multiplier * ratio}×`,
    },
  ],
};

/** `sluice tunnel list` */
export const tunnelList: CommandHandler<ListOptions> = listCommand(TUNNELS, ({ sluice }, _args, { panel }) =>
  sluice.panels.tunnels({ panel }),
);

const USERS: List<RelayUser> = {
  key: 'users',
  statuses: STATUSES.panels,
  empty: 'No users.',
  columns: [
    text('id', ({ id }) => id, { align: 'right' }),
    text('name', ({ name }) => name),
    state('status', ({ status }) => statusWord(status)),
    bytes('used', ({ usedBytes }) => usedBytes),
    {
      ...bytes<RelayUser>('quota', ({ quotaBytes }) => quotaBytes),
      cell: ({ unlimited, quotaBytes }) => (unlimited ? 'unlimited' : bytesCell(quotaBytes)),
    },
    ...shares<RelayUser>(
      ({ usedBytes }) => usedBytes,
      ({ unlimited, quotaBytes }) => (unlimited ? null : quotaBytes),
      { extra: true, priority: 8 },
    ),
    time('expires', ({ expiresAt }) => expiresAt, { priority: 1 }),
    text('service name', ({ serviceName }) => serviceName, { isSparse: true, least: 12 }),
    text('service', ({ service }) => service, { least: 24 }),
  ],
};

/** `sluice relay users` */
export const relayUsers: CommandHandler<ListOptions> = listCommand(USERS, ({ sluice }, _args, { panel }) =>
  sluice.panels.users({ panel }),
);

const SPEED_LIMITS: List<SpeedLimitView> = {
  key: 'speedLimits',
  empty: 'No speed limits.',
  columns: [
    text('id', ({ id }) => id, { align: 'right' }),
    text('name', ({ name }) => name),
    {
      ...text<SpeedLimitView>('speed', ({ speedMbit }) => speedMbit, { title: 'Mbit/s', align: 'right' }),
      cell: ({ speedMbit }) => (speedMbit === 0 ? 'no limit' : String(speedMbit)),
    },
    text('tunnel', ({ tunnel }) => tunnel.name, { priority: 1 }),
    text('products', ({ products }) => products.join(', ') || null),
  ],
};

/** `sluice relay speed-limits` */
export const relaySpeedLimits: CommandHandler<ListOptions> = listCommand(
  SPEED_LIMITS,
  ({ sluice }, [only], { panel }) => sluice.panels.speedLimits({ panel, only }),
);

const TUNNEL_GROUPS: List<TunnelGroupView> = {
  key: 'tunnelGroups',
  empty: 'No tunnel groups.',
  columns: [
    text('id', ({ id }) => id, { align: 'right' }),
    text('name', ({ name }) => name),
    text('tunnels', ({ tunnels }) => tunnels.map(({ id, name }) => `${name ?? 'missing'} (${id})`).join(', ')),
    text('products', ({ products }) => products.join(', ') || null),
  ],
};

/** `sluice relay tunnel-groups` */
export const relayTunnelGroups: CommandHandler<ListOptions> = listCommand(
  TUNNEL_GROUPS,
  ({ sluice }, [only], { panel }) => sluice.panels.tunnelGroups({ panel, only }),
);

function statusWord(status: number): string {
  return status === 1 ? 'active' : 'disabled';
}

/** `sluice relay login-link SERVICE` */
export const relayLoginLink: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const link = await sluice.panels.loginLink(id);
    terminal.document(link);
    terminal.line(link.url === null ? link.username : `${link.url} as ${link.username}`);
    if (link.url === null) terminal.info('Customers are shown no address: set publicUrl of the panel in the config.');
    terminal.info('FLVX has no single sign-on: the customer logs in with the password of the account.');
    return ExitCode.done;
  });
