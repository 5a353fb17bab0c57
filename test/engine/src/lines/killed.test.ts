import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { FakeCall } from '@sluice/fake-panels';
import { useOpened } from '../bench/each-test.js';
import { arrive } from '../bench/killed-call.js';
import { done } from '../bench/outcomes.js';
import { toSteps } from '../flvx/customer.js';
import { killable, Killed, openWorld } from './world.js';

const [world, open] = useOpened(openWorld);

const WIRES = ['default', 'magnusbilling'] as const;

/** Each write is tried with SLUICE_LONG=1, otherwise every third, on the one wire others than on the other. */
const STEP = process.env['SLUICE_LONG'] === '1' ? 1 : 5;
const firstWrite = (wire: (typeof WIRES)[number]): number => (STEP === 1 ? 1 : 1 + WIRES.indexOf(wire));

it.each(WIRES)('a creation that was killed at any write is finished by one repeat, on the wire %s', async (wire) => {
  for (let at = firstWrite(wire), ends = false; !ends; at += STEP) {
    await open(wire);
    const { fake, store, clock, folder } = world;
    const passwordFile = path.join(folder, 'secret');
    const killed = { at, is: false };
    const first = await world.restart(killable(store, killed));
    await first.provision.create('svc-1', { passwordFile }).catch((error: unknown) => {
      if (!(error instanceof Killed) && !killed.is) throw error;
    });
    ends = !killed.is;
    clock.advance(60_000);
    const repeat = await (await world.restart()).provision.create('svc-1', { passwordFile });
    expect([at, repeat.run.outcome, repeat.service.error?.code]).toEqual([at, 'done', undefined]);
    expect(fake.subscribers()).toMatchObject([{ password: readFileSync(passwordFile, 'utf8').trim() }]);
    if (!ends) await world.close();
  }
});

it.each(WIRES)(
  'a creation that was killed at any write and whose password is only shown is not done with an unknown one, on the wire %s',
  async (wire) => {
    for (let at = firstWrite(wire), ends = false; !ends; at += STEP) {
      await open(wire);
      const { fake, store, clock } = world;
      const killed = { at, is: false };
      const first = await world.restart(killable(store, killed));
      const done = await first.provision.create('svc-1').catch((error: unknown) => {
        if (!(error instanceof Killed) && !killed.is) throw error;
        return null;
      });
      ends = !killed.is;
      clock.advance(60_000);
      // All was done, and only the answer was lost: the password can be changed.
      const isDone = done === null && fake.subscribers().length > 0 && (await store.actions.unresolved()).length === 0;
      const repeat = await (await world.restart()).provision.create('svc-1');
      const shown = (repeat.credentials ?? done?.credentials)?.password;
      const isKnown = fake.subscribers()[0]?.password === shown;
      const { code } = repeat.service.error ?? {};
      const expected = isDone
        ? [false, undefined]
        : wire === 'default' || isKnown
          ? [true, undefined]
          : [false, 'password_unknown'];
      expect([at, isKnown, code]).toEqual([at, ...expected]);
      if (!ends) await world.close();
    }
  },
);

it.each(WIRES)(
  'a termination after a creation that was killed at any write leaves no line that nobody knows of, on the wire %s',
  async (wire) => {
    for (let at = firstWrite(wire), ends = false; !ends; at += STEP) {
      await open(wire);
      const { fake, store, clock } = world;
      const killed = { at, is: false };
      await createKilled(await world.restart(killable(store, killed)), killed);
      ends = !killed.is;
      clock.advance(60_000);
      const sluice = await world.restart();
      const shown = await sluice.provision.terminate('svc-1', { dryRun: true });
      const { run, service, actions } = await sluice.provision.terminate('svc-1');
      expect([at, ...toSteps(shown.actions)]).toEqual([at, ...toSteps(actions)]);
      const left = fake.subscribers().filter(({ status }) => status !== 'terminated');
      expect([at, run.outcome, service.error, left]).toEqual([at, 'done', null, []]);
      if (!ends) await world.close();
    }
  },
);

/** The write at which the line exists, and the store does not name it yet. */
const BEFORE_THE_NAME = 7;

it.each(few(['renew', 'suspend', 'changePackage', 'reconcile', 'poll'] as const, 2))(
  'a line whose creation was killed before its name was stored is found by: %s',
  async (verb) => {
    await open('default');
    const { store, clock, fake } = world;
    const due = { billing_cycle: 'monthly', next_due_date: '2026-11-01' };
    await world.sluice.services.set('svc-1', { status: 'active', ...due });
    const killed = { at: BEFORE_THE_NAME, is: false };
    await createKilled(await world.restart(killable(store, killed)), killed);
    const named = await store.services.get('svc-1');
    expect([fake.subscribers().length, named?.refs['astbilling_subscriber_id']]).toEqual([1, undefined]);
    clock.advance(60_000);
    const { poll, reconcile, provision } = await world.restart();
    const { renew, suspend, changePackage } = provision;
    const runs = {
      poll,
      reconcile,
      renew: () => renew('svc-1', { ref: 'a' }),
      suspend: () => suspend('svc-1'),
      changePackage: () => changePackage('svc-1', 'capped'),
    };
    const report = await runs[verb]();
    const [service] = 'service' in report ? [report.service] : report.services;
    expect([report.run.outcome, service?.error]).toEqual(['done', null]);
  },
);

it('a run that ends a line whose creation was killed before its name was stored shows that beforehand', async () => {
  await open('default');
  const { store, clock, fake } = world;
  const killed = { at: BEFORE_THE_NAME, is: false };
  await createKilled(await world.restart(killable(store, killed)), killed);
  clock.advance(60_000);
  const { services, reconcile } = await world.restart();
  await services.set('svc-1', { status: 'terminated' });
  const [shown] = (await reconcile({ dryRun: true })).services;
  const [made] = (await reconcile()).services;
  expect(toSteps(shown?.actions ?? [])).toEqual(['terminate-subscriber 9001']);
  expect([toSteps(made?.actions ?? []), made?.error]).toEqual([['terminate-subscriber 9001'], null]);
  expect(fake.subscribers()).toMatchObject([{ status: 'terminated' }]);
});

it('an unfinished termination of a line that the panel has removed shows nothing more to do', async () => {
  await open('magnusbilling');
  const { store, fake, sluice, clock } = world;
  await sluice.provision.create('svc-1');
  for (let at = 1; ; at += 1) {
    const killed = { at, is: false };
    await (await world.restart(killable(store, killed))).provision.terminate('svc-1').catch(() => undefined);
    if (fake.subscribers().every(({ status }) => status === 'terminated')) break;
    clock.advance(60_000);
  }
  clock.advance(3_600_000);
  const restarted = await world.restart();
  const [shown] = (await restarted.reconcile({ dryRun: true })).services;
  expect([shown?.error ?? null, shown?.actions ?? []]).toEqual([null, []]);
  expect((await restarted.reconcile()).run.outcome).toBe('done');
});

it('a line that the panel made long after the connection was cut is ended with its service', async () => {
  await open('default');
  const { fake, sluice, clock } = world;
  const calls: FakeCall[] = [];
  const ignore = fake.server.onCall((call) => {
    if (call.endpoint === 'POST /subscribers') calls.push(call);
  });
  fake.server.inject({ endpoint: 'POST /subscribers', times: 1, fault: { kind: 'cut' } });
  await sluice.provision.create('svc-1').catch(() => null);
  ignore();
  clock.advance(660_000);
  const body = { error: { code: 'validation_failed', message: 'later' } };
  fake.server.inject({ endpoint: 'POST /subscribers', times: 1, fault: { kind: 'status', status: 422, body } });
  await sluice.provision.create('svc-1').catch(() => null);
  await arrive({ panel: fake }, calls[0]!);
  clock.advance(660_000);
  await done(sluice.provision.terminate('svc-1'));
  expect(fake.subscribers()).toMatchObject([{ status: 'terminated' }]);
});

it('a line with the reference of a service that did not make it is not ended with that, nor forgotten', async () => {
  await open('default');
  const { fake, sluice } = world;
  fake.addSubscriber({ username: 'joao1042', plan: '11', externalRef: 'sluice:service:svc-1' });
  const { run, service } = await sluice.provision.terminate('svc-1');
  expect([run.outcome, service.error?.code, service.lifecycle]).toEqual(['failed', 'not_ours', 'pending']);
  const [line] = fake.subscribers();
  expect(line?.status).toBe('active');
  await sluice.services.set('svc-1', { astbilling_subscriber_id: line!.id });
  await done(sluice.provision.terminate('svc-1'));
  expect(fake.subscribers()).toMatchObject([{ status: 'terminated' }]);
});

async function createKilled({ provision }: typeof world.sluice, killed: { is: boolean }): Promise<void> {
  await provision.create('svc-1').catch((error: unknown) => {
    if (!(error instanceof Killed) && !killed.is) throw error;
  });
}
