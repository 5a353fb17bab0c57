import { expect, it } from '@jest/globals';
import { closeAfterTest } from '../../each-test.js';
import { startTelephonyBench } from './telephony-bench.js';

it('a line whose last calls can not be read ends by a command that is named', async () => {
  const at = closeAfterTest(await startTelephonyBench());
  await at.addService();
  at.bench.clock.advance(3_600_000);
  at.addCall('2026-11-05T09:10:00-03:00', '2.0000');
  at.panel.server.inject({ endpoint: 'GET /cdrs', fault: { kind: 'status', status: 500 } });
  const { stderr } = await at.bench.sluice('provision terminate svc-1 --yes');
  expect(stderr).toContain('sluice provision terminate svc-1 --forfeit-unbilled');
});
