import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { FaultRule } from '@sluice/fake-panels';
import { useOpened } from '../bench/each-test.js';
import { LINE, startTelephonyBench, type Wire, WIRES } from '../bench/telephony-bench.js';
import { killable, Killed, openWorld } from './world.js';

const [at, open] = useOpened(startTelephonyBench);

const [world, startWorld] = useOpened(openWorld);

const NUMBER = '+551140001234';
const HOUR = 3_600_000;
const NOTHING = { rows: [], count: 0, data: [], meta: { total: 0 } };
const EMPTY = { kind: 'mutate', change: (json: unknown) => ({ ...(json as object), ...NOTHING }) } as const;
const NOT_FOUND = { kind: 'status', status: 404, body: { error: { code: 'not_found', message: 'no' } } } as const;

const hide = (rule: FaultRule): (() => void) => at.panel.server.inject(rule);

async function start(wire: Wire, others = 1): Promise<void> {
  await open({ wire });
  await at.addService();
  for (let n = 0; n < others; n += 1) at.panel.addSubscriber({ username: `ana${n}`, customer: '501', plan: '11' });
}

/** Adds another service with a line of its own. */
async function addOther(): Promise<void> {
  const other = at.panel.addSubscriber({ username: 'rui1044', customer: '501', plan: '11' });
  const values = { panel: 'voice', product: 'line', client: '43', status: 'active' };
  await at.sluice.services.add('svc-2', { ...values, astbilling_subscriber_id: other });
}

/** Ends the line, in words: the outcome, the error, and the lifecycle. */
async function terminate(): Promise<(string | null)[]> {
  const { run, service } = await at.sluice.provision.terminate('svc-1', { forfeitUnbilled: true });
  return [run.outcome, service.error?.code ?? null, service.lifecycle];
}

const state = (): string => at.panel.subscribers().find(({ id }) => id === LINE)?.status ?? 'none';

/** Has the panel list no line once one is to be ended. */
function emptyFromTheCallOn(): () => void {
  let isDown = false;
  const isCall = ({ path }: { path: string }): boolean => path.includes('user/destroy');
  at.panel.server.onCall((call) => {
    isDown ||= isCall(call);
  });
  return hide({ match: ({ path }) => isDown && path.includes('user/read'), fault: EMPTY });
}

describe('the termination of a line, to whose call the panel gives no answer', () => {
  const CALL = { match: ({ path }: { path: string }) => path.includes('user/destroy'), times: 1 };

  it('stays in doubt while the panel lists no line, and is repeated once it does', async () => {
    await start('magnusbilling');
    await addOther();
    hide({ ...CALL, fault: { kind: 'cut' } });
    const show = emptyFromTheCallOn();
    expect(await terminate()).toEqual(['partial', 'outcome_unknown', 'active']);
    at.bench.clock.advance(HOUR);
    expect([(await at.sluice.reconcile()).services[0]?.error?.code, state()]).toEqual(['line_missing', 'active']);
    show();
    at.bench.clock.advance(HOUR);
    expect([await terminate(), state()]).toEqual([['done', null, 'terminated'], 'terminated']);
  });

  it.each(few([0, 1], 2))('is done where the panel removed it, with %i other lines', async (others) => {
    await start('magnusbilling', others);
    hide({ ...CALL, when: 'after', fault: { kind: 'cut' } });
    expect([await terminate(), state()]).toEqual([['done', null, 'terminated'], 'terminated']);
  });
});

describe('the termination of a line that is not found by its id', () => {
  it.each([
    ['a page of a proxy', { kind: 'html', status: 404 }, 'PANEL_UNREADABLE'],
    ['the answer of the system', NOT_FOUND, 'line_missing'],
  ] as const)('fails by %s while the list shows it, and a repeat ends it', async (_, fault, code) => {
    await start('default');
    const show = hide({ endpoint: 'GET /subscribers/{id}', fault });
    expect(await terminate()).toEqual(['failed', code, 'active']);
    show();
    expect([state(), await terminate(), state()]).toEqual(['active', ['done', null, 'terminated'], 'terminated']);
  });

  it('fails while the panel lists no line, as it does for a key with fewer rights', async () => {
    await start('magnusbilling');
    await addOther();
    await at.sluice.provision.suspend('svc-1');
    const show = hide({ match: ({ path }) => path.includes('user/read'), fault: EMPTY });
    expect(await terminate()).toEqual(['failed', 'line_missing', 'suspended']);
    expect(await at.bench.store.evidence.open()).toHaveLength(1);
    show();
    expect([state(), await terminate(), state()]).toEqual(['suspended', ['done', null, 'terminated'], 'terminated']);
  });

  it('fails while the list shows no line of another service', async () => {
    await start('magnusbilling');
    await addOther();
    const change = (json: unknown): unknown => {
      const rows = (json as { rows: { username: string }[] }).rows.filter(({ username }) => username === 'ana0');
      return { ...(json as object), rows, count: rows.length };
    };
    const show = hide({ match: ({ path }) => path.includes('user/read'), fault: { kind: 'mutate', change } });
    expect(await terminate()).toEqual(['failed', 'line_missing', 'active']);
    show();
    expect(await terminate()).toEqual(['done', null, 'terminated']);
  });

  it.each(WIRES)('is done where the list lacks it and shows another one, on the wire %s', async (wire) => {
    await start(wire);
    at.panel.deleteSubscriber(LINE);
    expect(await terminate()).toEqual(['done', null, 'terminated']);
  });

  it('is done where no other service has a line', async () => {
    await start('magnusbilling', 0);
    at.panel.deleteSubscriber(LINE);
    expect(await terminate()).toEqual(['done', null, 'terminated']);
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
  });
});

it.each(WIRES)('the only line of a panel is ended, on the wire %s', async (wire) => {
  await start(wire, 0);
  await at.sluice.dids.release(NUMBER);
  expect([await terminate(), state()]).toEqual([['done', null, 'terminated'], 'terminated']);
});

it('the only line of a panel, which Sluice made and staff removed, is ended by a run, with what was suspended', async () => {
  await startWorld('magnusbilling');
  const { fake, sluice, store } = world;
  await sluice.provision.create('svc-1');
  await sluice.provision.suspend('svc-1');
  fake.deleteSubscriber('joao1042');
  await sluice.services.set('svc-1', { status: 'terminated' });
  expect((await sluice.reconcile()).run.outcome).toBe('done');
  expect([await store.evidence.open(), await store.holds.open()]).toEqual([[], []]);
  await sluice.services.remove('svc-1');
});

it('a run that ends a line by itself goes on once the panel shows it', async () => {
  await startWorld('magnusbilling');
  const { fake, sluice } = world;
  await sluice.provision.create('svc-1');
  const other = fake.addSubscriber({ username: 'ana1043', plan: '11' });
  const own = { panel: 'voice', product: 'line', client: '43', status: 'active' };
  await sluice.services.add('svc-2', { ...own, astbilling_subscriber_id: other });
  await sluice.services.set('svc-1', { status: 'terminated' });
  const show = fake.server.inject({ match: ({ path }) => path.includes('user/read'), fault: EMPTY });
  expect((await sluice.reconcile({ dryRun: true })).services[0]?.error?.code).toBe('line_missing');
  expect((await sluice.reconcile()).services[0]?.error?.code).toBe('line_missing');
  show();
  expect(fake.subscribers()[0]?.status).toBe('active');
  expect((await sluice.reconcile()).run.outcome).toBe('done');
  expect(fake.subscribers().map(({ username, status }) => [username, status])).toEqual([
    ['joao1042', 'terminated'],
    ['ana1043', 'active'],
  ]);
});

it.each(['default', 'magnusbilling'] as const)(
  'a termination of the only line that was killed at any write is finished by one repeat, on the wire %s',
  async (wire) => {
    for (let write = 1, ends = false; !ends; write += 1) {
      await startWorld(wire);
      await world.sluice.provision.create('svc-1');
      const killed = { at: write, is: false };
      const first = await world.restart(killable(world.store, killed));
      await first.provision.terminate('svc-1').catch((error: unknown) => {
        if (!(error instanceof Killed) && !killed.is) throw error;
      });
      ends = !killed.is;
      world.clock.advance(60_000);
      const repeat = await (await world.restart()).provision.terminate('svc-1');
      expect([write, repeat.run.outcome, repeat.service.error?.code]).toEqual([write, 'done', undefined]);
      expect(world.fake.subscribers()).toMatchObject([{ status: 'terminated' }]);
      if (!ends) await world.close();
    }
  },
);

it('a line that is hidden just before the call is ended all the same', async () => {
  await start('default');
  await at.sluice.dids.release(NUMBER);
  hide({ endpoint: 'GET /subscribers/{id}', skip: 1, times: 1, fault: NOT_FOUND });
  expect([await terminate(), state()]).toEqual([['done', null, 'terminated'], 'terminated']);
});

it.each(
  few(
    [
      ['', false],
      [', which it has released and has again', true],
    ],
    2,
  ),
)('a line is not ended while a number that was suspended with it is not shown%s', async (_, isReleased) => {
  await start('magnusbilling');
  if (isReleased) {
    expect((await at.sluice.dids.release(NUMBER)).run.outcome).toBe('done');
    expect((await at.sluice.dids.link(NUMBER, { service: 'svc-1' })).run.outcome).toBe('done');
    at.bench.clock.advance(HOUR);
  }
  await at.sluice.provision.suspend('svc-1', { withDids: true });
  const show = hide({ match: ({ path }) => path.includes('did/read'), fault: EMPTY });
  expect(await terminate()).toEqual(['failed', 'number_missing', 'suspended']);
  show();
  expect(await terminate()).toEqual(['done', null, 'terminated']);
  expect(at.panel.did(NUMBER)).toMatchObject({ subscriberId: null, status: 'available' });
});

it('a termination that has released the only number of the panel is finished by a repeat', async () => {
  await start('default');
  await at.sluice.provision.suspend('svc-1', { withDids: true });
  const change = (json: unknown): unknown => {
    const data = (json as { data: { status: string }[] }).data.filter(({ status }) => status !== 'terminated');
    return { ...(json as object), data, meta: { total: data.length } };
  };
  const refused = {
    kind: 'status',
    status: 422,
    body: { error: { code: 'validation_failed', message: 'later' } },
  } as const;
  hide({ endpoint: 'GET /dids', fault: { kind: 'mutate', change } });
  hide({ endpoint: 'DELETE /subscribers/{id}', times: 1, fault: refused });
  expect((await terminate())[0]).toBe('partial');
  // The system removes what has ended.
  hide({ endpoint: 'GET /dids/{id}', fault: NOT_FOUND });
  at.bench.clock.advance(HOUR);
  expect(await terminate()).toEqual(['done', null, 'terminated']);
});
