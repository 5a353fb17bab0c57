import { expect, it } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { done } from '../bench/outcomes.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const [relay, openRelay] = useOpened(startFlvxBench);
const [vpn, openVpn] = useOpened(startHiddifyBench);

it('a service that failed for want of its account has failed no more once it is created', async () => {
  await openRelay();
  await relay.addService(1, { values: { status: 'active' } });
  expect((await relay.poll()).services[0]?.status).toBe('failed');
  await done(relay.sluice.provision.create('svc-1'));
  expect(await relay.sluice.services.show('svc-1')).toMatchObject({ error: null });
  await openVpn();
  await vpn.addService(1, { values: { status: 'active' } });
  expect((await vpn.poll()).services[0]?.status).toBe('failed');
  await done(vpn.sluice.provision.create('svc-1'));
  expect(await vpn.sluice.services.show('svc-1')).toMatchObject({ error: null });
});
