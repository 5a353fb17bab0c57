import { beforeAll, expect, it } from '@jest/globals';
import { startForAllTests } from '../../each-test.js';
import { addToPanel, GB, HOUR, startEasyDcimBench, toIds } from '../../easydcim-bench.js';

const SERVICES = 25;

const at = startForAllTests(startEasyDcimBench);
beforeAll(async () => {
  const rows = ['id,panel,product,billing_cycle,next_due_date,easydcim_service_id,easydcim_order_id'];
  for (let number = 1; number <= SERVICES; number++) {
    const { service: id, order: orderId } = toIds(number);
    addToPanel(at.panel, number);
    at.panel.addTraffic(id, { in: 195 * GB, out: 0 });
    rows.push(`svc-${number},dcim,ports,monthly,2026-12-15,${id},${orderId}`);
  }
  at.bench.write('services.csv', rows.join('\n'));
  expect((await at.bench.sluice('service import services.csv')).exitCode).toBe(0);
  at.bench.clock.advance(HOUR);
});

const count = (text: string): number => new Set(text.match(/^svc-\d+/gm)).size;

it.each(['poll', 'plan'])(
  '%s shows the first 20 services of many, counts the others, and lists all when asked',
  async (command) => {
    const { stdout } = await at.bench.sluice(command);
    expect([count(stdout), /… 5 other/.test(stdout)]).toEqual([20, true]);
    expect(count((await at.bench.sluice(`${command} --verbose`)).stdout)).toBe(SERVICES);
  },
);

it('the sentence of the brake stands before the services and after them', async () => {
  const { stdout, stderr } = await at.bench.sluice('poll');
  const before = stdout.slice(0, stdout.indexOf('svc-1'));
  const after = stdout.slice(stdout.lastIndexOf('svc-')) + stderr;
  for (const said of [before, after]) expect(said).toContain('25 of 25 services would be held');
});

it('plan begins with what its signs mean', async () => {
  expect((await at.bench.sluice('plan')).stdout).toMatch(/^(?:.*\n)?\+ restricts, creates or removes/);
});

it('hold list has open holds only, counts what would be held beyond the first 20, and lists past ones when asked', async () => {
  const would = (text: string): number => (text.match(/^svc-\d+: would be held/gm) ?? []).length;
  await at.bench.sluice('poll');
  const braked = (await at.bench.sluice('hold list')).stdout;
  expect([would(braked), /… 5 other services would be held/.test(braked)]).toEqual([20, true]);
  expect(would((await at.bench.sluice('hold list --verbose')).stdout)).toBe(SERVICES);
  await at.bench.sluice('poll --allow-mass');
  await at.bench.sluice('override set svc-1 --quota 500GB');
  await at.poll();
  const open = (await at.bench.sluice('hold list')).stdout;
  expect([count(open), /^svc-1 /m.test(open)]).toEqual([SERVICES - 1, false]);
  expect((await at.bench.sluice('hold list --status open,past')).stdout).toMatch(/^svc-1 /m);
});

it('holds that are due to end say that the brake keeps them, and what ends one', async () => {
  at.bench.edit(/total: 100GB/, 'total: 500GB');
  const stopped = /of \d+ services at once, and the brake stopped it/;
  expect((await at.bench.sluice('poll')).exitCode).toBe(6);
  for (const words of ['hold list', 'service list', 'usage svc-2'])
    expect([words, (await at.bench.sluice(words)).stdout]).toEqual([words, expect.stringMatching(stopped)]);
  const explained = (await at.bench.sluice('explain svc-2')).stdout.replaceAll(/\s+/g, ' ');
  expect(explained).toMatch(stopped);
  expect(explained).toContain('It is due to end; a run over svc-2 alone is not stopped: sluice poll --service svc-2.');
  expect(explained).not.toContain('the next run that reads it');
  expect((await at.bench.sluice('poll --service svc-2')).exitCode).toBe(0);
  expect((await at.bench.sluice('hold list')).stdout).not.toMatch(/^svc-2 /m);
});
