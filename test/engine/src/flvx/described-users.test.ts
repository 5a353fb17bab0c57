import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { diffStates, type NewPermission, type NewUser } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import type { EntryDetail, PanelEntry } from '@sluice/panel-kind';
import fc from 'fast-check';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';
import { ADMIN_PASSWORD, type FlvxBench, flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';

const at = useFlvxBench();
const NOW = Date.parse('2026-11-20T12:00:00Z');
const BYTES = 2 ** 30;

/** A quota in GB as panels have it, and values that mean nothing or something else. */
const QUOTA = fc.constantFrom(
  100,
  250,
  99_999,
  0,
  -1,
  100 * BYTES,
  7 * BYTES,
  16 * BYTES,
  50 * 10 ** 9,
  12_345_678,
  2 ** 33 + 1,
);
const EXPIRY = fc.oneof(
  fc.integer({ min: NOW - 40 * DAY, max: NOW + 400 * DAY }),
  fc.constantFrom(0, -1, NOW + HOUR, Date.parse('2099-12-31T23:59:59Z'), 9e15),
);
const NAME = fc.constantFrom('anna', 'anna ', '=1+1', 'a,b";c', 'علی رضا', '刘洋', "o'neil");
const VALUES = {
  flow: QUOTA,
  num: fc.constantFrom(10, 0, 3, -2, 99_999),
  expTime: EXPIRY,
  flowResetTime: fc.constantFrom(0, 1, 15, 31, 40, -1),
  status: fc.constantFrom(1, 1, 1, 0),
};
const SPEED = fc.constantFrom(null, null, 1, 2, 77);
/** What a permission has of its own, on each tunnel. */
const OWN = fc.record({ ...VALUES, speedId: SPEED }, { requiredKeys: [] });
const AS_USER = fc.record({ speedId: SPEED });
const PERMISSION = fc.option(fc.oneof({ weight: 3, arbitrary: AS_USER }, OWN, fc.constant({ flow: 100 * BYTES })));
const USER = fc.record({ user: fc.record({ ...VALUES, user: NAME }), hk: PERMISSION, jp: PERMISSION });

function addUser({ user, hk, jp }: { user: NewUser; hk: NewPermission | null; jp: NewPermission | null }): void {
  const used = { inFlow: 2 * GB, outFlow: GB };
  const id = at.panel.addUser({ ...user, ...used });
  for (const [tunnel, permission] of [[at.tunnels.hk, hk] as const, [at.tunnels.jp, jp] as const]) {
    if (permission === null) continue;
    at.panel.addPermission(id, tunnel, { ...used, ...permission });
    at.panel.addForward(id, tunnel);
    at.panel.addForward(id, tunnel, { paused: true });
  }
}

/** Returns each user of the panel and what is described of him. */
async function describeUsers({ panel, bench }: FlvxBench): Promise<[PanelEntry, EntryDetail][]> {
  const opened = await flvx.open(
    {
      ...{ name: 'relay', timeZone: 'UTC', currency: null, products: {} },
      settings: {
        kind: 'flvx',
        url: panel.url,
        allowHttp: true,
        username: 'admin_user',
        password: ADMIN_PASSWORD,
      } as never,
    },
    {
      ...{
        clock: { now: bench.clock.now, sleep: () => Promise.resolve() },
        random: () => 0,
        randomBytes,
        onCall: () => {},
        secret: (value) => value,
      },
      ...{ readFile: () => '', journal: { list: () => Promise.resolve([]) } },
    },
  );
  const { signal } = new AbortController();
  const entries = (await opened.inventory?.list(signal)) ?? [];
  const details = await opened.inventory?.describe?.(entries, signal);
  opened.close();
  return entries.map((entry) => [entry, details?.get(`user:${entry.id}`) ?? {}]);
}

/** Returns a product in YAML, which is JSON here; without a due date it can't have a quota. */
function toProduct({ limitBytes, unlimited }: PanelEntry, detail: EntryDetail): string {
  const { section, columns, quotaBytes = limitBytes } = detail;
  const size = unlimited === true ? 'unlimited' : quotaBytes === null ? null : `${quotaBytes}B`;
  const hasQuota = size !== null && columns?.['next_due_date'] !== undefined;
  return JSON.stringify({ panel: 'relay', ...(hasQuota && { quota: { total: size } }), flvx: section });
}

it('a user with any values is described so that runs change nothing of him', async () => {
  for (const speed of [50, 100]) at.panel.addSpeedLimit(at.tunnels.hk, speed);
  for (const user of fc.sample(USER, { numRuns: 90, seed: 35 })) addUser(user);
  const users = await describeUsers(at);
  expect(users).toHaveLength(91);
  const products = new Map<string, string>();
  for (const [entry, detail] of users) {
    const text = toProduct(entry, detail);
    if (!products.has(text)) products.set(text, `p-${products.size}`);
  }
  const lines = [...products].map(([text, name]) => `  ${name}: ${text}\n`).join('');
  await at.bench.configure(flvxConfig(at.panel.url).replace('products:', `products:\n${lines}`));
  for (const [entry, detail] of users) {
    await at.sluice.services.add(`relay-${entry.id}`, {
      ...{ panel: 'relay', product: products.get(toProduct(entry, detail)) ?? '' },
      ...{ billing_cycle: 'monthly', ...entry.refs, ...detail.columns },
    });
  }
  const before = at.panel.state();
  for (const run of ['poll', 'reconcile', 'poll', 'reconcile'] as const) {
    const { services } = await (run === 'poll' ? at.poll() : at.sluice.reconcile());
    const acted = services.filter(({ actions, error }) => actions.length > 0 || error !== null);
    expect(acted.map(({ id, actions, error }) => [id, actions.map(({ type }) => type), error])).toEqual([]);
    at.bench.clock.set(at.bench.clock.now() + HOUR);
  }
  expect(diffStates(before, at.panel.state())).toEqual([]);
});

describe('describing users', () => {
  it('reads four lists for 20,000 of them', async () => {
    for (let n = 0; n < 20_000; n += 1) at.panel.addPermission(at.panel.addUser({ user: `user-${n}` }), at.tunnels.hk);
    const calls: string[] = [];
    at.panel.server.onCall(({ path }) => calls.push(path.replace(/^.*\/api\/v1/, '')));
    const users = await describeUsers(at);
    expect(new Set(users.map(([, { section }]) => JSON.stringify(section)))).toEqual(
      new Set([JSON.stringify({ tunnelId: at.tunnels.hk, maxForwards: 10, resetDay: 1 })]),
    );
    const lists = ['/user/list', '/user/list', '/backup/export', '/tunnel/list', '/speed-limit/list'];
    expect(calls.filter((path) => !/captcha|login/.test(path)).sort()).toEqual(lists.sort());
  });

  it('is an error where the panel exports no permissions, although there are forwards', async () => {
    const forget = at.panel.server.inject({
      endpoint: /\/backup\/export$/,
      when: 'after',
      fault: { kind: 'mutate', change: (answer) => ({ ...(answer as object), userTunnels: undefined }) },
    });
    await expect(describeUsers(at)).rejects.toMatchObject({ code: 'PANEL_UNREADABLE' });
    forget();
    expect(await describeUsers(at)).toHaveLength(1);
  });
});
