import { expect, it } from '@jest/globals';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { pollLater } from '../loop/polls.js';
import { accountName, addCustomer, limitNames, USER, useUp } from './customer.js';

const at = useFlvxBench();

it('has its speed back after a release while its product is missing in the config', async () => {
  await addCustomer(at, 'slow');
  const own = at.panel.permission(USER, at.tunnels.hk)?.speedId;
  useUp(at);
  await pollLater(at);
  expect(at.panel.permission(USER, at.tunnels.hk)?.speedId).not.toBe(own);
  await at.bench.edit('  slow: {', '  slow-x: {');
  await at.sluice.holds.release('svc-1', { until: '2026-12-01' });
  expect(at.panel.permission(USER, at.tunnels.hk)?.speedId).toBe(own);
  expect(limitNames(at)).toEqual([`sluice:${accountName(at)}:50M`]);
});
