import { describe, expect, it } from '@jest/globals';
import { HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { pollLater } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';
import { createUsed, lastDay, listBodies } from './steps.js';

const at = useBench(startHiddifyBench);

/** Has the panel answer no reading until the returned function is called. */
const stopReadings = (): (() => void) =>
  at.panel.server.inject({ endpoint: /^GET /, fault: { kind: 'status', status: 503 } });
const unresolved = (): Promise<unknown[]> => at.bench.store.actions.unresolved();

const dueDate = async (): Promise<string | null> => (await at.sluice.services.show('svc-1')).nextDueDate;

describe('renew', () => {
  it('leaves the hold of an overdue service where it is refused', async () => {
    await at.bench.edit('poll: {', 'poll: { overdue: hold,');
    const uuid = await at.create(1);
    at.bench.clock.set('2026-12-20T12:00:00Z');
    const heldBy = (): Promise<unknown> => at.bench.store.holds.all();
    await at.sluice.poll({ allowMass: true });
    const held = await heldBy();
    expect(held).toMatchObject([{ reason: 'billing', until: null }]);
    at.panel.deleteUser(uuid);
    const refused = await at.sluice.provision.renew('svc-1');
    expect([refused.service.error?.code, refused.stillHeld]).toEqual(['user_gone', ['billing']]);
    expect(await heldBy()).toEqual(held);
    await pollLater(at);
    expect(await heldBy()).toEqual(held);
  });

  it('releases an overdue service once its panel answers again', async () => {
    await at.bench.edit('poll: {', 'poll: { overdue: hold,');
    const uuid = await at.create(1);
    at.bench.clock.set('2026-12-20T12:00:00Z');
    await at.sluice.poll({ allowMass: true });
    const remove = stopReadings();
    const renewed = await at.sluice.provision.renew('svc-1');
    expect([renewed.run.outcome, renewed.stillHeld, await dueDate()]).toEqual(['partial', ['billing'], '2027-01-15']);
    remove();
    await pollLater(at);
    expect([await at.reasons('svc-1'), at.panel.user(uuid).enable, await dueDate()]).toEqual([[], true, '2027-01-15']);
  });

  it.each([
    ['active', 'failed', 'shared_user', '2026-12-15'],
    ['vanished', 'partial', 'restricted_for_ended', '2027-01-15'],
  ] as const)('of a service whose user is named by one that is %s, too, is %s', async (status, outcome, code, due) => {
    await at.bench.edit('poll: {', 'poll: { overdue: hold,');
    const uuid = await createUsed(at, 50);
    const service = await at.bench.store.services.get('svc-1');
    const values = { hiddify_user_uuid: uuid, base_quota_override_gb: '200' };
    await at.addService(2, { values, allowDuplicateRefs: true });
    at.bench.clock.set('2026-12-20T12:00:00Z');
    await at.sluice.poll({ allowMass: true });
    expect(await at.reasons('svc-2')).toEqual(['billing']);
    await at.bench.store.services.put([{ ...service!, status }]);
    const renewed = await at.sluice.provision.renew('svc-2');
    expect([renewed.run.outcome, renewed.service.error?.code]).toEqual([outcome, code]);
    expect(renewed.service.nextDueDate).toBe(due);
    await pollLater(at);
    const isHeld = status === 'active';
    expect([await at.reasons('svc-2'), at.panel.user(uuid).enable]).toEqual([isHeld ? ['billing'] : [], !isHeld]);
  });

  it('keeps the due date of a service whose user was deleted', async () => {
    const uuid = await at.create(1);
    const before = await dueDate();
    at.panel.deleteUser(uuid);
    const refused = await at.sluice.provision.renew('svc-1', { until: '2027-02-15' });
    expect([refused.run.outcome, refused.service.error?.code]).toEqual(['failed', 'user_gone']);
    expect([await dueDate(), await unresolved()]).toEqual([before, []]);
    await at.sluice.provision.create('svc-1');
    expect((await at.sluice.provision.renew('svc-1', { until: '2027-02-15' })).run.outcome).toBe('done');
    expect(await dueDate()).toBe('2027-02-15');
  });

  it.each(['2027-02-15', '2027-03-15'])(
    'until %s that is refused after an interrupted one restores all',
    async (date) => {
      const uuid = await at.create(1);
      at.bench.clock.advance(HOUR);
      const stored = (): Promise<unknown> => Promise.all([dueDate(), unresolved()]);
      const before = await stored();
      const remove = stopReadings();
      await at.sluice.provision.renew('svc-1', { until: '2027-02-15' });
      expect(await stored()).toMatchObject(['2027-02-15', [{ type: 'provision:renew' }]]);
      remove();
      at.panel.deleteUser(uuid);
      const refused = await at.sluice.provision.renew('svc-1', { until: date });
      expect(refused.service.error?.code).toBe('user_gone');
      expect(await stored()).toEqual(before);
    },
  );

  it('that the panel has done keeps its date when a repeat is refused', async () => {
    const uuid = await at.create(1);
    at.bench.clock.advance(HOUR);
    at.panel.server.inject({ endpoint: /^PATCH /, times: 1, when: 'after', fault: { kind: 'cut' } });
    const remove = at.panel.server.inject({
      match: ({ method }) => method === 'GET' && listBodies(at).some(([verb]) => verb === 'PATCH'),
      fault: { kind: 'status', status: 503 },
    });
    await at.sluice.provision.renew('svc-1', { until: '2027-02-15' });
    remove();
    await pollLater(at);
    expect(await unresolved()).toMatchObject([{ type: 'provision:renew' }]);
    at.panel.deleteUser(uuid);
    await at.sluice.provision.renew('svc-1', { until: '2027-02-15' });
    expect(await dueDate()).toBe('2027-02-15');
  });

  it('writes the days to the new due date', async () => {
    const uuid = await at.create(1);
    const renewed = await at.sluice.provision.renew('svc-1');
    expect(renewed.service.nextDueDate).toBe('2027-01-15');
    expect(listBodies(at).at(-1)).toEqual(['PATCH', { package_days: 61 }]);
    expect(at.panel.user(uuid)).toMatchObject({ startDate: '2026-11-15', packageDays: 61, currentUsage: 0 });
    await at.sluice.provision.renew('svc-1', { until: '2027-02-01' });
    expect(lastDay(at, uuid)).toBe('2027-02-01');
  });

  it('broken off is finished by a repeat, and followed by the next one when that is due', async () => {
    await at.create(1);
    const renew = async (): Promise<string | null> => (await at.sluice.provision.renew('svc-1')).service.nextDueDate;
    let remove = stopReadings();
    await renew();
    remove();
    expect(await renew()).toBe('2027-01-15');
    remove = stopReadings();
    await renew();
    remove();
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
    at.bench.clock.set('2027-01-30T12:00:00Z');
    expect(await renew()).toBe('2027-03-15');
    expect(await unresolved()).toEqual([]);
  });

  it('broken off to one date and then to another goes on to the latter', async () => {
    const uuid = await at.create(1);
    const remove = stopReadings();
    for (const until of [undefined, '2027-05-15']) {
      expect(['failed', 'partial']).toContain((await at.sluice.provision.renew('svc-1', { until })).run.outcome);
    }
    remove();
    const again = await at.sluice.provision.renew('svc-1');
    expect([again.run.outcome, again.service.nextDueDate]).toEqual(['done', '2027-05-15']);
    expect(at.panel.user(uuid)).toMatchObject({ startDate: '2026-11-15', packageDays: 181 });
    expect(await unresolved()).toEqual([]);
  });

  it('begins with the cycle in force once the old one is over', async () => {
    const uuid = await at.create(1);
    at.bench.clock.set('2026-12-20T12:00:00Z');
    await at.poll();
    await at.sluice.provision.renew('svc-1');
    expect(listBodies(at).at(-1)).toEqual(['PATCH', { package_days: 31, start_date: '2026-12-15' }]);
    expect(at.panel.user(uuid)).toMatchObject({ startDate: '2026-12-15', packageDays: 31 });
  });
});
