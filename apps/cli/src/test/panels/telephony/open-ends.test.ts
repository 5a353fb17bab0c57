import { beforeEach, expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startTelephonyBench } from './telephony-bench.js';

const at = startForEachTest(startTelephonyBench);
beforeEach(() => at.addService());

it('says that a report of an open month is provisional', async () => {
  at.addCall('2026-11-05T08:00:00-03:00', '0.2320');
  at.addCall('2026-10-05T08:00:00-03:00', '0.1000');
  const open = await at.bench.sluice('call report --service svc-1 --period 2026-11');
  expect([open.exitCode, open.stdout]).toEqual([0, expect.stringContaining('Provisional')]);
  const closed = await at.bench.sluice('call report --service svc-1 --period 2026-10');
  expect([closed.exitCode, closed.stdout]).toEqual([0, expect.not.stringContaining('Provisional')]);
  const document = (await at.run('call report --service svc-1 --period 2026-11')).json();
  expect(document).toMatchObject({ report: { provisional: true } });
});

it('names the month that was written, where it is none', async () => {
  const refused = await at.bench.sluice('call report --service svc-1 --period 2026-13');
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('"2026-13" is not a period')]);
});

it('names the zone of the time since which calls are not billed', async () => {
  at.addCall('2026-11-05T09:10:00-03:00', '2.0000');
  at.bench.clock.advance(3_600_000);
  const refused = await at.bench.sluice('provision terminate svc-1 --yes');
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/since \d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)? \(America\/Sao_Paulo\)/),
  ]);
});

it('says of an unknown plan where the plans are listed', async () => {
  const simulated = await at.bench.sluice('call simulate 11999990000 --seconds 45 --plan 4711');
  expect([simulated.exitCode, simulated.stderr]).toEqual([1, expect.stringContaining('sluice plan-catalog list')]);
  const rates = await at.bench.sluice('rate list --plan-id 4711');
  expect([rates.exitCode, rates.stderr]).toEqual([1, expect.stringContaining('sluice plan-catalog list')]);
});

it('a line whose last calls can not be read ends by a command that is named', async () => {
  at.bench.clock.advance(3_600_000);
  at.addCall('2026-11-05T09:10:00-03:00', '2.0000');
  at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 500 } });
  const { stderr } = await at.bench.sluice('provision terminate svc-1 --yes');
  expect(stderr).toContain('sluice provision terminate svc-1 --forfeit-unbilled');
});

it('reports the calls of a client without the line that was ordered, and names it', async () => {
  at.addCall('2026-10-05T08:00:00-03:00', '0.1000');
  await at.bench.sluice('service set svc-1 client=42');
  await at.bench.sluice('service add svc-0 panel=voice product=line client=42 status=pending');
  const { exitCode, stdout } = await at.bench.sluice('call report --client 42 --period 2026-10');
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/^svc-1: 1 call, .*\nleft out, without a line yet: svc-0\n$/),
  ]);
});
