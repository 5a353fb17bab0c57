import type { Sluice } from '@sluice/engine';
import { type Fault, type HiddifySnapshot, startFakeHiddify } from '@sluice/fake-panels';
import type { PanelWorld, PanelWorlds, SuiteClock, SuiteOperation, SuiteService } from '@sluice/panel-kind/testing';
import { type Faults, toPort, toWays } from './port.js';
import { GB } from './suite-parts.js';

/** How a call fails: before the panel did anything, or after it did all. */
const KINDS: Record<string, Fault> = {
  'status 500': { kind: 'status', status: 500, body: { msg: 'boom' } },
  'status 502': { kind: 'html', status: 502 },
  'status 422': { kind: 'status', status: 422, body: { message: 'Validation error' } },
  'status 403': { kind: 'status', status: 403, body: { message: 'Unathorized' } },
  'a cut connection': { kind: 'cut' },
  'half an answer': { kind: 'truncated' },
  'a web page': { kind: 'html' },
  'an empty answer': { kind: 'empty' },
  'a hang': { kind: 'hang' },
};
const FAULTS: Faults = Object.fromEntries(
  Object.entries(KINDS).flatMap(([name, fault]) =>
    (['before', 'after'] as const).map((when) => [`${name} ${when}`, { fault, when }]),
  ),
);

type Row = Record<string, unknown>;
const changeRows = (change: (row: Row) => Row): Fault => ({
  kind: 'mutate',
  change: (answer) => (Array.isArray(answer) ? (answer as Row[]).map(change) : change(answer as Row)),
});
/** What the list of users is instead; users whose row can't be read are read one by one, so the same is done to these answers. */
const UNREADABLE: Record<string, Fault> = {
  'a web page': { kind: 'html' },
  'an empty list': { kind: 'mutate', change: (answer) => (Array.isArray(answer) ? [] : answer) },
  'half a list': { kind: 'truncated' },
  'no figure': changeRows((row) => ({ ...row, current_usage_GB: null })),
  'a text for a figure': changeRows((row) => ({ ...row, current_usage_GB: 'much' })),
};

const AGENT = '8d3b1ad4-0a5e-4c56-9c58-5f0c0f44c8d7';

async function open(clock: SuiteClock): Promise<PanelWorld> {
  const panel = await startFakeHiddify({ now: clock.now });
  const north = panel.addAgent(undefined, { name: 'north', uuid: AGENT });
  const theirs = panel.addUser({ name: 'somebody else', agent: north });
  const east = panel.addAgent(north, { name: 'north-east' });
  panel.addUser({ name: 'a', agent: east });
  panel.disable(panel.addUser({ name: 'b', agent: east }));
  const full = panel.addAgent(undefined, { name: 'full' });
  for (const name of ['c', 'd', 'e']) panel.use(panel.addUser({ name, agent: full }), 2 * GB);
  const toUser = ({ refs }: SuiteService): string => refs['hiddify_user_uuid'] ?? '';
  const running = (uuid: string): unknown =>
    panel.hasUser(uuid) ? { enable: panel.user(uuid).enable, served: panel.isServed(uuid) } : 'gone';
  return {
    config: (timeout) => ({
      panels: {
        vpn: { kind: 'hiddify', url: panel.url, allowHttp: true, apiKey: panel.key, retries: 0, timeout, agents: {} },
      },
      products: {
        'vpn-50': { panel: 'vpn', quota: { total: '50GB' }, hiddify: { packageDays: 30, mode: 'no_reset' } },
        'vpn-100': { panel: 'vpn', quota: { total: '100GB' }, hiddify: { packageDays: 60, mode: 'no_reset' } },
        monthly: { panel: 'vpn', quota: { total: '50GB' }, hiddify: { packageDays: 30, mode: 'monthly' } },
        agency: {
          panel: 'vpn',
          quota: { total: '10GB' },
          hiddify: { agent: north, packageDays: 30, mode: 'no_reset' },
        },
      },
    }),
    addService: () => ({}),
    exceed: (service) => {
      panel.use(toUser(service), 60 * GB);
    },
    passDays: () => void panel.runUsageTask(),
    running: (service) => running(toUser(service)),
    isRestricted: (service) => panel.hasUser(toUser(service)) && !panel.user(toUser(service)).enable,
    foreign: () => running(theirs),
    state: () => toState(panel.snapshot()),
    port: toPort(panel.server, FAULTS),
    stop(service) {
      if (!panel.user(toUser(service)).enable) return false;
      panel.disable(toUser(service));
      return true;
    },
    free: (service) => {
      panel.enable(toUser(service));
    },
    act(act, service) {
      const uuid = toUser(service);
      if (act === 'remove') panel.deleteUser(uuid);
      if (act === 'reset-usage') panel.resetUsage(uuid);
      if (act === 'damage') Object.assign(panel.user(uuid), { usageLimit: 90 * GB, packageDays: 7 });
    },
    spoil(_service, how) {
      const fault = UNREADABLE[how];
      if (fault !== undefined)
        panel.server.inject({ endpoint: /^GET .*\/admin\/user\/(\{uuid\}\/)?$/, when: 'after', fault });
    },
    honest: () => {
      panel.server.clearFaults();
    },
    close: () => panel.close(),
  };
}

/** The whole state, with names instead of the uuids, which differ from run to run. */
function toState(snapshot: HiddifySnapshot): unknown {
  const rows = [...snapshot.admins, ...snapshot.users];
  const text = rows.reduce((all, { uuid, name }) => all.replaceAll(uuid, name), JSON.stringify(snapshot));
  const { admins, users, cores } = JSON.parse(text) as Record<string, { name: string }[]>;
  const byName = (list: { name: string }[] = []): unknown => Object.fromEntries(list.map((row) => [row.name, row]));
  return { admins: byName(admins), users: byName(users), cores: cores?.map(String).sort() };
}

async function limit(sluice: Sluice, agent: string, gb: number): Promise<void> {
  const confirm = (): Promise<void> => Promise.resolve();
  await sluice.agents.limit(agent, { panel: 'vpn', limitBytes: gb * GB, opening: undefined, dryRun: false, confirm });
}

const OPERATIONS: Record<string, SuiteOperation<Sluice>> = {
  'create under a limited agent': {
    product: 'agency',
    withoutAccount: true,
    setUp: (sluice) => limit(sluice, 'north', 100),
    run: (sluice, { id }) => sluice.provision.create(id),
  },
  'a check that disables': {
    setUp: (sluice) => limit(sluice, 'full', 5),
    run: (sluice) => sluice.agents.check({ panel: 'vpn' }),
  },
  'a check that restores': {
    async setUp(sluice) {
      await limit(sluice, 'full', 5);
      await sluice.agents.check({ panel: 'vpn' });
      await limit(sluice, 'full', 500);
    },
    run: (sluice) => sluice.agents.check({ panel: 'vpn' }),
  },
  'change-package to a mode of its own': { run: (sluice, { id }) => sluice.provision.changePackage(id, 'monthly') },
  'a suspension of an agent': {
    product: 'agency',
    run: (sluice) => sluice.agents.suspend('north'),
    reverse: (sluice) => sluice.agents.unsuspend('north'),
  },
  'the end of a suspension': {
    product: 'agency',
    setUp: async (sluice) => {
      await sluice.agents.suspend('north');
    },
    run: (sluice) => sluice.agents.unsuspend('north'),
    reverse: (sluice) => sluice.agents.suspend('north'),
  },
};

export const hiddifyWorlds: PanelWorlds<Sluice> = {
  limited: [
    { name: 'vpn-50', releases: ['raise', 'cycle'] },
    { name: 'monthly', releases: ['raise'] },
  ],
  package: 'vpn-100',
  ways: toWays(FAULTS),
  unreadable: Object.keys(UNREADABLE),
  staffActs: ['remove', 'reset-usage', 'damage'],
  stopsMeanwhile: 'until-read',
  operations: OPERATIONS,
  open,
};
