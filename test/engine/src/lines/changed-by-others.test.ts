import { describe, expect, it } from '@jest/globals';
import type { CommandReport } from '@sluice/engine';
import { useOpened } from '../bench/each-test.js';
import { openWorld } from './world.js';

const [world, start] = useOpened(openWorld);

const listNotices = ({ notices }: Pick<CommandReport, 'notices'>): string[] => notices.map(({ code }) => code);

/** Opens a world whose service has a line with a spend cap. */
async function openLine(): Promise<string> {
  await start('magnusbilling');
  await world.sluice.services.set('svc-1', { product: 'capped' });
  await world.sluice.provision.create('svc-1');
  return world.fake.subscribers()[0]?.id ?? '';
}

/** The fraud desk blocks calls in both directions on the panel's pages. */
function block(id: string): void {
  world.fake.subscriber(id).extra.active = 4;
}

const toShown = (id: string): unknown => world.fake.subscriber(id).extra.active;

describe('a line that we suspended and staff blocked since', () => {
  it('stays blocked when the day of its spend cap ends', async () => {
    const id = await openLine();
    const { fake, sluice, clock } = world;
    fake.addCall({ subscriber: id, startedAt: '2026-10-02T08:00:00-03:00', talkSeconds: 60, charge: '20.0000' });
    await sluice.poll();
    expect(toShown(id)).toBe(0);
    block(id);
    await sluice.poll();
    clock.set(Date.parse('2026-10-03T03:05:00Z'));
    const released = await sluice.poll();
    expect(toShown(id)).toBe(4);
    expect(listNotices(released)).toContain('suspended_elsewhere');
    expect((await sluice.holds.list({ open: false })).holds).toMatchObject([{ evidence: [{ outcome: 'dropped' }] }]);
    expect(listNotices(await sluice.poll())).toEqual([]);
  });

  it('stays blocked when its bill is paid, unless it is forced', async () => {
    const id = await openLine();
    const { sluice } = world;
    await sluice.provision.suspend('svc-1');
    block(id);
    expect(await sluice.provision.unsuspend('svc-1')).toMatchObject({
      service: { error: { code: 'suspended_elsewhere' } },
    });
    expect(toShown(id)).toBe(4);
    await sluice.provision.unsuspend('svc-1', { force: true });
    expect(toShown(id)).toBe(1);
  });
});

it('a number that staff moved while it was suspended is named when its line is released', async () => {
  const id = await openLine();
  const { fake, sluice } = world;
  const other = fake.addSubscriber({ username: 'maria7', plan: '11' });
  await sluice.dids.link('+551140001234', { service: 'svc-1' });
  await sluice.provision.suspend('svc-1', { withDids: true });
  fake.did('+551140001234').subscriberId = other;
  const released = await sluice.provision.unsuspend('svc-1');
  expect(fake.subscriber(id).status).toBe('active');
  expect(released.notices).toMatchObject([{ code: 'line_warning', message: expect.stringContaining('+551140001234') }]);
});
