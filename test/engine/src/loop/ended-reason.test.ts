import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandOptions, CommandReport, Sluice } from '@sluice/engine';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1);
  at.use(1, 200);
});

const changes = (): number => at.panel.server.changingCalls().length;
const disabled = (): number =>
  [1, 2].filter((index) => at.panel.port(toIds(1).port(index)).adminState === 'down').length;
const holds = async (): Promise<unknown[]> =>
  (await at.sluice.services.show('svc-1')).holds.map(({ reason }) => reason);

const COMMANDS: Record<string, (sluice: Sluice, options?: CommandOptions) => Promise<CommandReport>> = {
  renew: (sluice, options) => sluice.provision.renew('svc-1', options),
  'change-package': (sluice, options) => sluice.provision.changePackage('svc-1', 'both', options),
  unsuspend: (sluice, options) => sluice.provision.unsuspend('svc-1', options),
};

/** A poll that holds the service, and whose changes beyond the first so many fail. */
async function brokenOffAfter(done: number): Promise<void> {
  const fault = { kind: 'status', status: 422, body: { message: 'not now' } } as const;
  const remove = at.panel.server.inject({ match: (call) => call.changing, skip: done, fault });
  expect((await at.poll()).run.outcome).toBe(done === 0 ? 'failed' : 'partial');
  remove();
  expect([disabled(), await holds()]).toEqual([done, ['quota']]);
}

describe('a hold that a run began and did not enforce, whose reason a command has ended', () => {
  it.each(Object.entries(COMMANDS))(
    'is released by the next command about the service, which restricts nothing (%s)',
    async (_name, command) => {
      await brokenOffAfter(0);
      await at.sluice.overrides.set('svc-1', { unlimited: true });
      const before = changes();
      const planned = await command(at.sluice, { dryRun: true });
      expect([planned.actions, planned.stillHeld]).toEqual([[], []]);
      const report = await command(at.sluice);
      expect([report.actions, report.stillHeld, report.service.error]).toEqual([[], [], null]);
      expect(report.notices).toEqual([expect.objectContaining({ code: 'release', service: 'svc-1' })]);
      expect([changes(), disabled(), await holds()]).toEqual([before, 0, []]);
    },
  );

  it('is released with what was done for it', async () => {
    await brokenOffAfter(1);
    await at.sluice.services.set('svc-1', { product: 'free' });
    expect((await at.sluice.provision.renew('svc-1')).actions).toMatchObject([
      { type: 'enable-port', state: 'applied' },
    ]);
    expect([disabled(), await holds()]).toEqual([0, []]);
  });

  it('does not go into a hold of another reason', async () => {
    await brokenOffAfter(0);
    await at.sluice.overrides.set('svc-1', { quota: '1TB' });
    expect((await at.sluice.provision.suspend('svc-1')).stillHeld).toEqual(['billing']);
    await at.sluice.provision.unsuspend('svc-1');
    expect([disabled(), await holds()]).toEqual([0, []]);
  });

  it('stays where its reason stands, and is enforced', async () => {
    await brokenOffAfter(0);
    await at.sluice.overrides.set('svc-1', { quota: '150GB' });
    expect((await at.sluice.provision.renew('svc-1')).stillHeld).toEqual(['quota']);
    expect([disabled(), await holds()]).toEqual([2, ['quota']]);
  });
});
