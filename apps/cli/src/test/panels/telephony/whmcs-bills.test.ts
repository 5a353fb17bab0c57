import { beforeEach, expect, it } from '@jest/globals';
import type { FakeWhmcs } from '@sluice/fake-panels';
import { startForEachTest } from '../../each-test.js';
import { LINE, startTelephonyBench, startWhmcsOfLines } from './telephony-bench.js';

const at = startForEachTest(startTelephonyBench);
let whmcs: FakeWhmcs;
beforeEach(async () => {
  whmcs = await startWhmcsOfLines(at.bench, 'calls: { taxed: false, onlyWriter: true }', 'billing: whmcs\n');
});

it('a bill in doubt says how it is sent again', async () => {
  whmcs.addClient({ id: 77, currency: 'BRL' });
  whmcs.addProduct({ id: 10, name: 'Line', fields: ['astbilling_subscriber_id'] });
  whmcs.addService({
    id: 7,
    client: 77,
    product: 10,
    nextDueDate: '2026-12-01',
    fields: { astbilling_subscriber_id: LINE },
  });
  expect((await at.run('service sync')).exitCode).toBe(0);
  at.bench.clock.set(Date.parse('2026-12-02T12:00:00Z'));
  at.addCall('2026-11-10T09:00:00-03:00', '1.5000');
  whmcs.server.inject({ match: ({ changing }) => changing, fault: { kind: 'cut' }, when: 'before', times: 1 });
  for (const words of ['call bill', 'call bill']) {
    const { exitCode, stdout } = await at.bench.sluice(words);
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringContaining('reads the invoices for the line of whmcs-7 again'),
    ]);
    expect(stdout).toContain('send it again with --resend');
  }
});

it('a preview is refused as the bills are, where the config lacks what they need', async () => {
  at.bench.edit(', calls: { taxed: false, onlyWriter: true }', '');
  for (const words of ['call bill --dry-run', 'call bill']) {
    const { exitCode, stderr } = await at.bench.sluice(words);
    expect([words, exitCode]).toEqual([words, 2]);
    expect(stderr).toContain(
      'the config lacks whmcs.calls.taxed and whmcs.calls.onlyWriter: true; nothing was changed',
    );
  }
});
