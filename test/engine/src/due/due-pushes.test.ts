import { describe, expect, it } from '@jest/globals';
import type { RunOptions, RunReport } from '@sluice/engine';
import { useOpened } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startWhmcsBench } from '../bench/whmcs-bench.js';

const [at, open] = useOpened(async () => {
  const poll = 'poll: { maxOvershoot: 1GB, floor: 1m, ceiling: 4h, doubt: { jump: off } }\n';
  const bench = await startWhmcsBench({ section: ', pushUsage: bytes', more: poll, random: () => 0 });
  await bench.bench.edit('timeout: 2s', 'timeout: 2s, lineSpeed: 100Mbit/s');
  return bench;
});

const pushed = (id: number): number => at.whmcs.service(id).bandwidthUsage;
const updates = (): number => at.whmcs.server.calls.filter(({ endpoint }) => endpoint === 'UpdateClientProduct').length;
const due = (options: RunOptions = {}): Promise<RunReport> => {
  at.bench.clock.advance(MINUTE);
  return at.poll({ due: true, ...options });
};
const use = (number: number, gigabytes: number): void => {
  at.panel.addTraffic(500 + number, { in: gigabytes * GB, out: 0 });
};

async function begin(): Promise<void> {
  await open();
  at.addService(1);
  await at.sync();
  use(1, 30);
  await due();
  expect([pushed(1), updates()]).toEqual([30 * GB, 1]);
}

describe('usage that polls of what is due have read', () => {
  it('is pushed once in an interval, also by a run that reads nothing', async () => {
    await begin();
    for (let minute = 1; minute <= 4; minute++) await due();
    at.addService(2);
    use(2, 20);
    await at.sync();
    expect((await due()).totals.read).toBe(1);
    // The turn of this interval was had.
    expect([pushed(2), updates()]).toEqual([0, 1]);
    for (let minute = 6; minute <= 15; minute++) expect((await due()).totals.read).toBe(0);
    expect([pushed(2), updates()]).toEqual([20 * GB, 2]);
    for (let minute = 16; minute <= 31; minute++) await due();
    expect(updates()).toBe(2);
  });

  it('is pushed also where the panel does not answer any more', async () => {
    await begin();
    use(1, 1);
    await at.sluice.overrides.set('whmcs-1', { quota: '32GB' });
    expect((await due({})).totals.read).toBe(0);
    at.bench.clock.advance(2 * MINUTE);
    expect((await due()).totals.read).toBe(1);
    expect(pushed(1)).toBe(30 * GB);
    at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
    for (let minute = 0; minute < 16; minute++) await due();
    expect(pushed(1)).toBe(31 * GB);
  });

  it('is pushed of the panel of a run over one, whose turn is its own', async () => {
    await open();
    const other = at.panel.url.replace('127.0.0.1', 'localhost');
    await at.bench.edit(/^( {2}dcim: )(.*)$/m, `$1$2\n  other: $2`);
    await at.bench.edit(/^( {2}other: .*)url: "[^"]*"/m, `$1url: "${other}"`);
    await at.bench.edit('big: { panel: dcim', 'big: { panel: other');
    at.addService(1);
    at.addService(2, { product: 11 });
    await at.sync();
    for (const number of [1, 2]) use(number, 30);
    at.whmcs.quirks.denied.add('UpdateClientProduct');
    expect((await due({ panel: 'other' })).totals.read).toBe(1);
    at.whmcs.quirks.denied.clear();
    expect((await due({ panel: 'dcim' })).totals.read).toBe(1);
    expect([pushed(1), pushed(2)]).toEqual([30 * GB, 0]);
    for (let minute = 0; minute < 15; minute++) expect((await due({ panel: 'other' })).totals.read).toBe(0);
    expect([pushed(1), pushed(2)]).toEqual([30 * GB, 30 * GB]);
  });

  it('is pushed of one service by a poll of it', async () => {
    await begin();
    at.addService(2);
    await at.sync();
    for (const number of [1, 2]) use(number, 5);
    await due();
    await at.poll({ service: 'whmcs-1' });
    expect([pushed(1), pushed(2)]).toEqual([35 * GB, 0]);
  });
});
