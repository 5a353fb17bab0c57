import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';
import type { CommandReport, RunReport } from '@sluice/engine';

const OPTIONS = `
  open: { panel: dcim, quota: { total: 100GB }, action: disable-ports, allowSharedPorts: true }
`;

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
  at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace(/\nproducts:/, `\nproducts:${OPTIONS}`));
  // A panel that does not say whose order it is.
  Object.assign(at.panel.answers.orders, { style: 'flat', suspendedIn: 'order' });
  at.panel.answers.orders.rename = { service_id: 'x1', related_id: 'x2', server_id: 'x3' };
});
afterEach(() => at.close());

async function add(
  id: string,
  number: number,
  product: string,
  ports: number[],
  order?: number,
  server = number,
): Promise<void> {
  at.panel.addService({
    id: number,
    orderId: number + 400,
    serverId: server,
    user: 10,
    ports: ports.map((port) => ({ id: port, name: `eth${port}` })),
  });
  const words = ['service', 'add', id, 'panel=dcim', `product=${product}`, 'billing_cycle=monthly'];
  const refs = [`easydcim_service_id=${number}`, ...(order === undefined ? [] : [`easydcim_order_id=${order}`])];
  const added = await at.bench.sluice([...words, 'next_due_date=2026-12-15', ...refs, '--allow-duplicate-refs']);
  if (added.exitCode !== 0) throw new Error(added.stderr);
}

function use(number: number, bytes: number): void {
  at.panel.addTraffic(number, { in: bytes, out: 0 });
  at.bench.clock.advance(HOUR);
}

async function done(words: string): Promise<CommandReport> {
  const result = await at.bench.sluice(`${words} --json`);
  expect(result.exitCode).toBe(0);
  return result.json<CommandReport>();
}

type Noticed = Pick<CommandReport, 'notices'> | RunReport;
const listTold = (report: Noticed, code = 'still_restricted') =>
  report.notices.filter((notice) => notice.code === code);

describe('an order that two held services name', () => {
  beforeEach(async () => {
    await add('a', 501, 'order', [7001], 901);
    await add('b', 502, 'order', [7002], 901);
  });

  // The evidence is that of the hold that came first: of the one that is released, or of the other one.
  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('is named when %s is released by name and %s is not', async (first, second) => {
    const both = ['provision suspend a', 'provision suspend b'];
    at.bench.write(
      'sluice.yaml',
      at.bench.read('sluice.yaml').replace('action: suspend-order', 'action: suspend-order, allowSharedPorts: true'),
    );
    for (const words of both) await done(words);
    const shown = await at.bench.sluice(`provision unsuspend ${first} --dry-run`);
    expect(shown.stdout).toMatch(/notice still_restricted: .*order 901/);
    const released = await done(`provision unsuspend ${first}`);
    expect(at.panel.order(901).status).toBe('suspended');
    expect(listTold(released)).toEqual([
      {
        code: 'still_restricted',
        service: first,
        message: expect.stringMatching(new RegExp(`^${first}: order 901 .*\\b${second}\\b.*billing hold`)) as unknown,
      },
    ]);
    // A repeat says it again, and does not blame the panel.
    const repeated = await at.bench.sluice(`provision unsuspend ${first}`);
    expect(repeated.stdout).toMatch(new RegExp(`notice still_restricted: ${first}: order 901 .*${second}`));
    expect(repeated.stdout).not.toContain('stopped_by_panel');
    const last = await at.bench.sluice(`provision unsuspend ${second} --json`);
    expect(at.panel.order(901).status).toBe('active');
    expect(listTold(last.json<CommandReport>())).toEqual([]);
  });

  it('is named by hold release, with the command that releases the other hold', async () => {
    await at.bench.sluice('service set b status=suspended');
    await at.bench.sluice('hold add a');
    await at.bench.sluice('poll');
    expect(at.panel.order(901).status).toBe('suspended');
    const released = await done('hold release a');
    expect(listTold(released)[0]?.message).toMatch(/\bb\b.*billing hold/);
    await at.bench.sluice('hold add b');
    await at.bench.sluice('service set b status=active');
    await at.bench.sluice('poll');
    expect(listTold(await done('hold release a'))[0]?.message).toMatch(/\bb\b.*manual hold/);
  });

  it('is named once by the runs after a release, and not as stopped by the panel', async () => {
    use(501, 200 * GB);
    use(502, 200 * GB);
    await at.poll('--allow-mass');
    await at.bench.sluice('override set a --unlimited');
    const polled = await at.poll();
    expect(listTold(polled.json<RunReport>())[0]?.message).toMatch(/order 901 .*\bb\b.*quota hold/);
    const reconciled = await at.bench.sluice('reconcile --json');
    const report = reconciled.json<RunReport>();
    expect(report.notices).toEqual([]);
    const [a] = report.services.filter(({ id }) => id === 'a');
    expect(a?.drift).toEqual([expect.stringContaining('order 901')]);
  });

  it('is named by hold release --all for the holds that it leaves', async () => {
    use(501, 200 * GB);
    use(502, 200 * GB);
    await at.poll('--allow-mass');
    await at.bench.sluice('hold add b');
    await at.bench.sluice('override set b --unlimited');
    await at.poll();
    const quota = await at.bench.sluice('hold release --all --reason quota --yes --json');
    expect(at.panel.order(901).status).toBe('suspended');
    expect(listTold(quota.json<RunReport>()).map(({ service }) => service)).toEqual(['a']);
    const all = await at.bench.sluice('hold release --all --yes --json');
    expect(at.panel.order(901).status).toBe('active');
    expect(listTold(all.json<RunReport>())).toEqual([]);
  });
});

describe('ports that two held services share', () => {
  it('are named when one of them is released by name', async () => {
    await add('a', 501, 'open', [7001, 7002, 7003], undefined, 77);
    await add('b', 502, 'open', [7001, 7002], undefined, 77);
    await done('hold add a');
    await done('hold add b');
    const released = await done('hold release a');
    expect([7001, 7002, 7003].map((port) => at.panel.port(port).adminState)).toEqual(['down', 'down', 'up']);
    const [notice, ...more] = listTold(released);
    expect(more).toEqual([]);
    expect(notice?.message).toMatch(/^a: ports 7001 and 7002 stay disabled.*\bb\b.*manual hold/);
    expect(listTold(await done('hold release a'))).toHaveLength(1);
    expect(listTold(await done('hold release b'))).toEqual([]);
    expect([7001, 7002, 7003].map((port) => at.panel.port(port).adminState)).toEqual(['up', 'up', 'up']);
  });
});
