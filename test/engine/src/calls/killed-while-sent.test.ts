import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { MINUTE } from '../bench/engine-bench.js';
import { startWhmcsLines } from './whmcs-lines.js';

const at = useBench(startWhmcsLines);

it('a bill whose process was killed while its line was sent is an alarm, like one whose answer was lost', async () => {
  at.addCall('2026-10-15T09:00:00-03:00', '40.0000');
  at.whmcs.server.inject({ endpoint: 'CreateInvoice', when: 'before', fault: { kind: 'cut' } });
  await at.bill();
  at.whmcs.server.clearFaults();
  const { callBills } = at.bench.store;
  const [{ id } = { id: '' }] = await callBills.list({});
  // As the process that dies between `beginSending` and the answer leaves it.
  await callBills.update(id, { state: 'sending', note: null });
  for (let run = 0; run < 2; run += 1) {
    at.bench.clock.advance(11 * MINUTE);
    expect(await at.bill()).toEqual(['whmcs-7 outcome_unknown 40.00']);
  }
  const { alarms } = await at.sluice.notices.alarms();
  expect(alarms.map(({ code }) => code)).toEqual(['bill_in_doubt']);
});
