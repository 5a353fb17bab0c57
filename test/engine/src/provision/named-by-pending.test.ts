import { describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { openWorld } from '../lines/world.js';

/** Removals of `svc-1`, which has ended. */
const REMOVALS: Record<string, (sluice: Sluice) => Promise<unknown[]>> = {
  'provision terminate': async (sluice) => {
    const { run, service } = await sluice.provision.terminate('svc-1');
    return [run.outcome, service.error?.code, service.actions];
  },
  reconcile: async (sluice) => {
    const { run, services } = await sluice.reconcile();
    const ended = services.find(({ id }) => id === 'svc-1');
    return [run.outcome, ended?.error?.code, ended?.actions];
  },
  plan: async (sluice) => {
    const { run, services } = await sluice.plan();
    const ended = services.find(({ id }) => id === 'svc-1');
    return [run.outcome, ended?.error?.code, ended?.actions];
  },
};

describe.each(Object.entries(REMOVALS))('%s of a service that has ended', (_how, remove) => {
  describe('on FLVX', () => {
    const at = useFlvxBench();

    it('leaves an account that a pending service names', async () => {
      await at.bench.edit('relay: { panel:', 'relay: { terminate: auto, panel:');
      const user = await at.create(1);
      await at.poll();
      await at.sluice.services.set('svc-1', { status: 'terminated' });
      await at.addService(2, { values: { flvx_user_id: String(user), client: '43' } });
      await at.poll();
      // Staff sets the order back to Pending for a while.
      await at.sluice.services.set('svc-2', { status: 'pending' });
      expect(await remove(at.sluice)).toEqual(['failed', 'shared_account', []]);
      expect(at.panel.user(user)).toBeDefined();
      await at.sluice.services.set('svc-2', { status: 'terminated' });
      expect((await at.sluice.provision.terminate('svc-1')).run.outcome).toBe('done');
      expect(at.panel.user(user)).toBeUndefined();
    });
  });

  describe('on Hiddify', () => {
    const at = useBench(startHiddifyBench);

    it('leaves a user that a pending service names', async () => {
      await at.bench.edit('vpn-50: { panel: vpn,', 'vpn-50: { panel: vpn, terminate: auto,');
      const uuid = await at.create(1);
      await at.sluice.services.set('svc-1', { status: 'terminated' });
      await at.addService(2, { values: { hiddify_user_uuid: uuid, client: '43', status: 'pending' } });
      expect(await remove(at.sluice)).toEqual(['failed', 'shared_user', []]);
      expect(at.panel.hasUser(uuid)).toBe(true);
    });
  });
});

it.each(Object.entries(REMOVALS))(
  '%s of a service that has ended leaves a line that a pending service names',
  async (_how, remove) => {
    const world = await openWorld('default');
    try {
      const { service } = await world.sluice.provision.create('svc-1');
      await world.sluice.services.set('svc-1', { status: 'terminated' });
      const refs = { astbilling_subscriber_id: service.refs['astbilling_subscriber_id'] ?? '' };
      await world.sluice.services.add('svc-2', { panel: 'voice', product: 'line', status: 'pending', ...refs });
      expect(await remove(world.sluice)).toEqual(['failed', 'shared_line', []]);
      expect(world.fake.subscribers().map(({ status }) => status)).toEqual(['active']);
    } finally {
      await world.close();
    }
  },
);
