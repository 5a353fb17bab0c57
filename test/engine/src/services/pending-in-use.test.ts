import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);

it('names a service that is set to pending although its account was metered', async () => {
  await at.addService(1);
  await at.addService(2, { values: { status: 'pending' } });
  await at.pollAfter(HOUR);
  at.bench.clock.advance(HOUR);
  const ofPending = async () =>
    (await at.sluice.panels.doctor()).checks.filter(({ code }) => code === 'pending_in_use');
  expect(await ofPending()).toEqual([]);
  await at.sluice.services.set('svc-1', { status: 'pending' });
  const message =
    'svc-1 is pending, but its account was in use until 2026-11-20T13:00:00.000Z: nothing of it is read or restricted until the service is active';
  expect(await ofPending()).toMatchObject([{ object: 'svc-1', status: 'warning', message }]);
  const notices = (await at.bench.store.notices.list()).filter(({ code }) => code === 'pending_in_use');
  expect(notices.map((notice) => notice.message)).toEqual([message]);
  await at.sluice.services.set('svc-1', { status: 'active' });
  expect(await ofPending()).toEqual([]);
});
