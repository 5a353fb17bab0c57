import { describe, expect, it } from '@jest/globals';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { entryKey, type Panel } from '@sluice/panel-kind';
import { useOpened } from '../bench/each-test.js';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';
import { type HiddifyBench, startHiddifyBench } from '../bench/hiddify-bench.js';

const [at, start] = useOpened(startHiddifyBench);

const HOSTILE = '刘洋, "سارا"\n=1+1 😀';

type Users = Record<string, string>;

/** Users of the Owner, of an agent and of one below it, as a running shop has them on 20 November. */
function fill({ panel, north }: HiddifyBench): Users {
  const east = panel.addAgent(north, { name: 'north' });
  const add = (options: Parameters<typeof panel.addUser>[0]): string =>
    panel.addUser({ startDate: '2026-11-05', packageDays: 30, usageLimit: 50 * GB, currentUsage: 7 * GB, ...options });
  return {
    own: add({ name: 'anna' }),
    twin: add({ name: 'anna', agent: north }),
    below: add({ name: HOSTILE, agent: east }),
    exact: add({ usageLimit: 7.3 * GB }),
    used: add({ usageLimit: 5 * GB, currentUsage: 5 * GB }),
    over: add({ usageLimit: 5 * GB, currentUsage: 9 * GB, enable: false }),
    disabled: add({ enable: false, agent: north }),
    unstarted: add({ startDate: null, currentUsage: 0 }),
    expired: add({ startDate: '2026-08-01' }),
    long: add({ startDate: '2026-10-01', packageDays: 90, currentUsage: 40 * GB }),
    endless: add({ startDate: '2026-01-01', packageDays: 10_000 }),
    monthly: add({ startDate: '2026-10-20', packageDays: 90, mode: 'monthly' }),
    daily: add({ mode: 'daily', usageLimit: GB, currentUsage: GB / 2 }),
    nothing: add({ usageLimit: 0, currentUsage: 0 }),
    unlimited: add({ usageLimit: 1_000_000 * GB }),
    unlimitedUnstarted: add({ usageLimit: 1_000_000 * GB, startDate: null }),
  };
}

/** Makes a service of each user, and products of what they have in common. */
async function moveIn({ bench, panel }: HiddifyBench, users: Users): Promise<void> {
  const settings = { kind: 'hiddify', url: panel.url, allowHttp: true, apiKey: panel.key } as never;
  const toOpen = { name: 'vpn', settings, timeZone: 'UTC', currency: null, products: {} };
  const clock = { now: bench.clock.now, sleep: () => Promise.resolve() };
  const journal = { list: () => Promise.resolve([]) };
  const how = { clock, random: () => 0, randomBytes: () => new Uint8Array(16), onCall: () => undefined, journal };
  const opened: Panel = await hiddify.open(toOpen, { ...how, secret: () => panel.key, readFile: () => '' });
  const { signal } = new AbortController();
  const entries = (await opened.inventory?.list(signal)) ?? [];
  const details = await opened.inventory?.describe?.(entries, signal);
  const products = new Map<string, string>();
  const names = new Map(Object.entries(users).map(([name, uuid]) => [uuid, name]));
  const rows = entries.map((entry) => {
    const { columns = {}, section = {}, quotaBytes } = details?.get(entryKey(entry)) ?? {};
    const shown = entry.unlimited === true ? 'unlimited' : `{ total: ${entry.limitBytes ?? 0}B }`;
    const quota = quotaBytes === null ? '' : `quota: ${shown}, `;
    const settingsOf = `{ panel: vpn, ${quota}hiddify: ${JSON.stringify(section)} }`;
    if (!products.has(settingsOf)) products.set(settingsOf, `moved-${products.size + 1}`);
    const product = products.get(settingsOf) ?? '';
    const id = names.get(entry.refs['hiddify_user_uuid'] ?? '') ?? entry.id;
    return { id, panel: 'vpn', product, ...columns, ...entry.refs };
  });
  opened.close();
  await bench.edit('  free:', [...products].map(([all, name]) => `  ${name}: ${all}\n`).join('') + '  free:');
  await bench.sluice.services.import(rows);
}

/** What was written to the users that the panel had. */
const listWrites = ({ panel }: HiddifyBench, users: Users): string[] =>
  panel.server.changingCalls().map(({ path, body }) => {
    const [name = path] = Object.entries(users).find(([, uuid]) => path.includes(uuid)) ?? [];
    return `${name} ${body}`;
  });

describe('users that the panel had before', () => {
  it('are changed by no run but as the plan announces: what is used up is disabled', async () => {
    await start();
    const users = fill(at);
    await moveIn(at, users);
    const before = JSON.stringify(Object.values(users).map((uuid) => at.panel.user(uuid)));
    const announced = (await at.sluice.plan()).services.flatMap(({ id, actions }) =>
      actions.map(({ type }) => `${id} ${type}`),
    );
    expect(announced).toEqual(['used disable-user']);
    expect(listWrites(at, users)).toEqual([]);
    expect(JSON.stringify(Object.values(users).map((uuid) => at.panel.user(uuid)))).toBe(before);

    const report = await at.poll();
    expect(report.services.flatMap(({ id, error }) => (error === null ? [] : [id]))).toEqual([]);
    const { services } = await at.sluice.reconcile();
    expect(services.flatMap(({ id, drift = [] }) => drift.map((text) => `${id}: ${text}`))).toEqual([
      expect.stringMatching(/^disabled: .* is disabled, but not by Sluice$/),
      expect.stringMatching(/^expired: .* ended on 2026-08-31$/),
    ]);
    await at.pollAfter(HOUR);
    expect(listWrites(at, users)).toEqual(['used {"enable":false}']);
  });

  it('share a product with users of the same settings, and are due on their last days', async () => {
    await start();
    const users = fill(at);
    await moveIn(at, users);
    const product = async (id: string): Promise<string> => (await at.sluice.services.show(id)).product;
    expect(new Set([await product('own'), await product('twin'), await product('below')]).size).toBe(1);
    const due = async (id: string): Promise<string | null> => (await at.sluice.services.show(id)).nextDueDate;
    expect([await due('own'), await due('expired'), await due('long'), await due('unstarted')]).toEqual([
      '2026-12-05',
      '2026-08-31',
      '2026-12-30',
      null,
    ]);
    const { refs } = await at.sluice.services.show('own');
    expect(refs).not.toHaveProperty('hiddify_agent_uuid');
  });

  it('count all that their counters show, and no cycle opens within a package', async () => {
    await start();
    const users = fill(at);
    await moveIn(at, users);
    await at.poll();
    const used = async (id: string): Promise<number | undefined> =>
      (await at.sluice.services.show(id)).usage?.totalBytes ?? undefined;
    expect([await used('long'), await used('own')]).toEqual([40 * GB, 7 * GB]);
    await at.pollAfter(39 * DAY);
    expect(listWrites(at, users).filter((write) => write.startsWith('long'))).toEqual([]);
    await at.pollAfter(2 * DAY);
    expect(listWrites(at, users)).toContain('long {"current_usage_GB":0}');
  });
});
