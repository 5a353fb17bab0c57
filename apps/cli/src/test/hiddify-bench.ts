import { NO_DOUBT } from './easydcim-bench.js';
import { manualClock, startFakeHiddify, type FakeHiddify, type FakeHiddifyOptions } from '@sluice/fake-panels';
import { Bench, closeFakes } from './harness.js';

export const GB = 1024 ** 3;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** A command and a fake Hiddify panel on one clock. */
export interface HiddifyBench {
  bench: Bench;
  panel: FakeHiddify;
  /** The agent that product `agency` names. */
  north: string;
  /** Runs `sluice` with these words and `--json`. */
  sluice: (words: string | string[]) => ReturnType<Bench['sluice']>;
  poll: (words?: string) => ReturnType<Bench['sluice']>;
  /** The sweep, five minutes after whatever was before. */
  check: (words?: string) => ReturnType<Bench['sluice']>;
  /** Adds a service `svc-<number>` whose cycles run from the 15th to the 15th. */
  addService: (number: number, options?: { product?: string; values?: string[] }) => Promise<void>;
  /** Adds it and makes its user by `provision create`; gives the user's uuid. */
  create: (number: number, options?: { product?: string; values?: string[] }) => Promise<string>;
  /** The uuid in the service's refs. */
  readUser: (id: string) => Promise<string | undefined>;
  /** Changing calls to the panel: method, user (as `user`) and body. */
  changes: () => string[];
  close: () => Promise<void>;
}

/** The config that the tests run with; `agents` goes into the panel, `more` to the top level. */
export function hiddifyConfig(url: string, north: string, agents = '', more = ''): string {
  return `timeZone: UTC
${more.includes('poll:') ? '' : NO_DOUBT}
panels:
  vpn: { kind: hiddify, url: "${url}", allowHttp: true, apiKey: "\${env:HIDDIFY_KEY}", retries: 0, timeout: 60s${agents === '' ? '' : `, agents: ${agents}`} }
products:
  vpn-50: { panel: vpn, quota: { total: 50GB }, hiddify: { packageDays: 30, mode: no_reset } }
  vpn-100: { panel: vpn, quota: { total: 100GB }, hiddify: { packageDays: 60, mode: no_reset } }
  monthly: { panel: vpn, quota: { total: 50GB }, hiddify: { packageDays: 30, mode: monthly } }
  agency: { panel: vpn, quota: { total: 10GB }, hiddify: { agent: ${north}, packageDays: 30, mode: no_reset } }
  free: { panel: vpn, quota: unlimited, hiddify: {} }
  bare: { panel: vpn }
${more}`;
}

/** Starts a fake panel at 2026-11-20 12:00 UTC with the agent "north". */
export async function startHiddifyBench(
  options: { agents?: string; more?: string; panel?: FakeHiddifyOptions; north?: string } = {},
): Promise<HiddifyBench> {
  const clock = manualClock('2026-11-20T12:00:00Z');
  const bench = new Bench(clock);
  const panel = await startFakeHiddify({ now: clock.now, ...options.panel });
  const north = panel.addAgent(undefined, {
    name: 'north',
    ...(options.north === undefined ? {} : { uuid: options.north }),
  });
  bench.env['HIDDIFY_KEY'] = panel.key;
  bench.write('sluice.yaml', hiddifyConfig(panel.url, north, options.agents, options.more));
  const sluice = (words: string | string[]): ReturnType<Bench['sluice']> =>
    bench.sluice([...(typeof words === 'string' ? words.split(' ') : words), '--json']);
  const addService: HiddifyBench['addService'] = async (number, { product = 'vpn-50', values = [] } = {}) => {
    await bench.giveStore();
    const own = ['panel=vpn', `product=${product}`, 'billing_cycle=monthly', 'next_due_date=2026-12-15'];
    const added = await bench.sluice(['service', 'add', `svc-${number}`, ...own, ...values]);
    if (added.exitCode !== 0) throw new Error(added.stderr);
  };
  const readUser = async (id: string): Promise<string | undefined> => {
    const shown = await sluice(`service show ${id}`);
    return shown.json<{ refs: Record<string, string> }>().refs['hiddify_user_uuid'];
  };
  return {
    bench,
    panel,
    north,
    sluice,
    poll: (words = '') => sluice(`poll ${words}`.trim()),
    check: (words = '') => {
      clock.advance(5 * MINUTE);
      return sluice(`agent check --all ${words}`.trim());
    },
    addService,
    async create(number, how) {
      await addService(number, how);
      const made = await sluice(`provision create svc-${number}`);
      if (made.exitCode !== 0) throw new Error(made.stdout);
      return (await readUser(`svc-${number}`)) ?? '';
    },
    readUser,
    changes: () => panel.server.changingCalls().map(({ method, body }) => `${method}${body === '' ? '' : ` ${body}`}`),
    async close() {
      await closeFakes(panel);
      bench.close();
    },
  };
}
