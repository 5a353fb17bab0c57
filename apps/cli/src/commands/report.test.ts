import { chmodSync, readdirSync, statSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Report } from '@sluice/dashboard/report';
import { startForEachTest } from '../test/each-test.js';
import { DAY, GB, startEasyDcimBench } from '../test/easydcim-bench.js';

const HOSTILE = '"><script>alert(1)</script>\u202E<b>';
const PERSIAN = 'شرکت نمونه';

const at = startForEachTest(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { values: [`client=${PERSIAN}`] });
  await at.addService(2, { product: 'inbound', values: ['client=8'] });
  await at.addService(3, { product: 'free', values: [`client=${PERSIAN}`] });
  await at.addService(4, { product: 'bare' });
});

/** Polls once a day, with 20 GB in and 5 GB out of svc-1 and 85 GB in of svc-2 before. */
async function pollFor(days: number): Promise<void> {
  at.panel.addTraffic(502, { in: 85 * GB, out: GB });
  for (let day = 0; day < days; day++) {
    at.panel.addTraffic(501, { in: 20 * GB, out: 5 * GB });
    at.bench.clock.advance(DAY);
    await at.poll();
  }
}

const report = (...words: string[]) => at.bench.sluice(['report', ...words]);
const readDocument = async (...words: string[]): Promise<Report> =>
  (await report('--json', ...words)).json<{ report: Report }>().report;

describe('report', () => {
  it('lists all services by the used part of their fullest limit, from the store alone', async () => {
    await pollFor(3);
    at.panel.server.clearCalls();
    const found = await readDocument();
    expect(found.services.map(({ id, share, usedBytes, client }) => [id, share, usedBytes, client])).toEqual([
      ['svc-2', 0.85, 85 * GB, '8'],
      ['svc-1', 0.75, 75 * GB, PERSIAN],
      ['svc-3', null, 0, PERSIAN],
      ['svc-4', null, 0, null],
    ]);
    expect(found.totals).toEqual({ services: 4, held: 0, usedUp: 0, nearLimit: 1, unknown: 0, withoutLimit: 2 });
    expect(found.outlooks).toMatchObject([
      { service: 'svc-2', outlook: 'lasts', at: null, perDayBytes: 0 },
      { service: 'svc-1', outlook: 'runs-out', at: '2026-11-24T12:00:00.000Z', perDayBytes: 25 * GB },
    ]);
    expect(at.panel.server.calls).toEqual([]);
  });

  it('prints a table with what becomes of the usage', async () => {
    await pollFor(3);
    const { stdout } = await report();
    expect(stdout).toMatch(/^svc-1 .* 75 GB .* 75% .* ok +runs out on 24 Nov 2026$/m);
    expect(stdout).toMatch(/^svc-3 .* unlimited /m);
    expect(stdout).toMatch(/^4 services: 0 used up, 1 at 80% or more, 0 held, 0 unknown$/m);
  });

  it('prints when it runs out as a range where days differ', async () => {
    for (const traffic of [2, 4, 6, 10, 12, 14]) {
      at.panel.addTraffic(501, { in: traffic * GB, out: 0 });
      at.bench.clock.advance(DAY);
      await at.poll();
    }
    const { outlooks } = await readDocument();
    const { at: when, earliest, latest } = outlooks.find(({ service }) => service === 'svc-1') ?? {};
    const days = [when, earliest, latest].map((each) => each?.slice(0, 10));
    expect(days).toEqual(['2026-12-02', '2026-12-01', '2026-12-03']);
    const { stdout } = await report();
    expect(stdout).toMatch(/^svc-1 .* ok +runs out between 1 Dec 2026 and 3 Dec 2026$/m);
    expect((await report('--utc')).stdout).toContain('runs out between 1 Dec 2026 and 3 Dec 2026');
  });

  it.each([60, 140])('names each column by another word, at %d columns', async (columns) => {
    await pollFor(1);
    at.bench.env['COLUMNS'] = String(columns);
    const [head = ''] = (await report()).stdout.split('\n');
    delete at.bench.env['COLUMNS'];
    const names = head.trim().split(/ {2,}/);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['used', 'allowed', 'share', 'status']));
  });

  it('names the limit of a share that is not that of the allowance', async () => {
    const limits = 'limits: [{ id: day, window: day, allowance: 30GB, action: disable-ports }]';
    at.bench.edit(/^( {2}ports: .*) \}$/m, `$1, ${limits} }`);
    await pollFor(1);
    at.panel.addTraffic(501, { in: 29 * GB, out: 0 });
    at.bench.clock.advance(DAY / 24);
    await at.poll();
    const { services } = await readDocument();
    expect(services.map(({ id, fullest }) => [id, fullest])).toEqual([
      ...[
        ['svc-1', 'day'],
        ['svc-2', 'quota'],
      ],
      ...[
        ['svc-3', null],
        ['svc-4', null],
      ],
    ]);
    const { stdout } = await report();
    expect(stdout).toMatch(/^svc-1 .* 54 GB .* 96% .* day .* 46 GB .*$/m);
    expect(stdout).toMatch(/^svc-2 (?!.* day ).* 85% .*$/m);
    await report('--html', 'all.html');
    expect(at.bench.read('all.html').replaceAll(/<[^>]*>/g, '')).toContain(' of limit day');
  });

  it('does not take what was not read for zero', async () => {
    const found = await readDocument();
    expect(found.services.map(({ usedBytes, share }) => [usedBytes, share])).toEqual(Array(4).fill([null, null]));
    expect((await report('--html', 'new.html')).exitCode).toBe(0);
    expect(at.bench.read('new.html')).toContain('unknown');
  });

  it('writes one page that needs no other file, in one step and for its owner alone', async () => {
    await pollFor(3);
    const { exitCode, stdout } = await report('--html', 'all.html');
    expect([exitCode, stdout]).toEqual([0, `${at.bench.path('all.html')} was written\n`]);
    const page = at.bench.read('all.html');
    expect(page).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    expect(page.match(/<svg [^>]*role="group"/g)).toHaveLength(4);
    expect(page).toContain('At the present rate, it runs out on 24 Nov 2026.');
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\bsrc=|\bstyle=|href="[^#]/);
    expect(page.match(/https?:\/\/[^"]*/g)?.every((name) => name === 'http://www.w3.org/2000/svg')).toBe(true);
    expect(statSync(at.bench.path('all.html')).mode & 0o777).toBe(0o600);
    chmodSync(at.bench.path('all.html'), 0o644);
    await report('--html', 'all.html');
    expect(statSync(at.bench.path('all.html')).mode & 0o777).toBe(0o644);
    expect(readdirSync(at.bench.folder).filter((name) => name.includes('all.html'))).toEqual(['all.html']);
    expect((await report('--html', 'nowhere/all.html')).exitCode).toBe(2);
    expect((await report('--html', '.')).exitCode).toBe(2);
  });

  it("shows a client's services and nothing of others", async () => {
    await pollFor(26);
    const found = await readDocument('--client', PERSIAN, '--html', 'client.html');
    expect(found.services.map(({ id }) => id)).toEqual(['svc-1', 'svc-3']);
    const page = at.bench.read('client.html');
    expect(page).toContain(`<bdi>${PERSIAN}</bdi>`);
    expect(page).toMatch(/Past periods/);
    expect(page).not.toMatch(/svc-2|svc-4/);
    const unknown = await report('--client', '9', '--html', 'none.html');
    expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringContaining('No service has the client "9"')]);
    expect(readdirSync(at.bench.folder)).not.toContain('none.html');
  });

  it('keeps names that are markup apart from the page', async () => {
    await at.bench.sluice(['service', 'set', 'svc-1', `client=${HOSTILE}`]);
    await pollFor(1);
    await report('--html', 'all.html');
    const page = at.bench.read('all.html');
    expect(page).not.toMatch(/<script|\u202E/);
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(1)');
  });
});
