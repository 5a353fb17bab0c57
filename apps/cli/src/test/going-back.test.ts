import { existsSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { PanelSnapshot } from '@sluice/fake-panels';
import type { HoldsFile, RunReport } from '@sluice/engine';
import { startForEachTest } from './each-test.js';
import { GB, HOUR, toIds, startEasyDcimBench } from './easydcim-bench.js';

const at = startForEachTest(() =>
  startEasyDcimBench('poll: { brake: { share: 100%, atLeast: 1000 }, doubt: { jump: off } }'),
);

const api = (): string[] =>
  at.panel.events.filter((event) => event.by === 'api').map((event) => `${event.what} ${event.id}`);
const ports = (number: number): string =>
  [1, 2].map((index) => at.panel.port(toIds(number).port(index)).adminState).join();
const order = (number: number): string => at.panel.order(toIds(number).order).status;
/** What is restricted of the first services of each story. */
const five = (): string => [ports(1), order(2), ports(3), order(4), ports(5)].join(' ');
const seven = (): string => [ports(1), order(2), ports(3), order(4), order(5), order(6), ports(7)].join(' ');

/** Service and reason of the open holds. */
async function held(): Promise<string[][]> {
  const { holds } = (await at.bench.sluice('hold list --json')).json<{
    holds: { service: string; reason: string }[];
  }>();
  return holds.map(({ service, reason }) => [service, reason]);
}

async function succeed(words: string): Promise<void> {
  const { exitCode, stderr } = await at.bench.sluice(words);
  expect([words, exitCode, stderr]).toEqual([words, 0, '']);
}

describe('what the old tool had cut', () => {
  it('is released in the next cycle when it was adopted, and never touched when not', async () => {
    for (const [number, product] of [
      [1, 'ports'],
      [2, 'order'],
      [3, 'ports'],
      [4, 'order'],
      [5, 'ports'],
      [6, 'ports'],
    ] as const) {
      await at.addService(number, { product });
      at.panel.addTraffic(500 + number, { in: (number === 6 ? 20 : 200) * GB, out: 0 });
    }
    for (const number of [1, 3, 5, 6]) for (const index of [1, 2]) at.panel.staffDisablePort(toIds(number).port(index));
    for (const number of [2, 4]) at.panel.staffSuspendOrder(toIds(number).order, 'quota, by the old tool');
    const cut = at.panel.snapshot();
    at.bench.clock.advance(HOUR);
    await succeed('hold adopt svc-1 --reason quota --ports 7011,7012');
    await succeed('hold adopt svc-2 --reason quota --order');
    // Of the fifth only one port; the sixth was cut in the cycle before and is below its allowance in this one.
    await succeed('hold adopt svc-5 --ports 7052');
    await succeed('hold adopt svc-6 --ports 7061,7062');
    expect(at.panel.snapshot()).toEqual(cut);
    await succeed('poll');
    await succeed('reconcile');
    expect(five()).toBe('down,down suspended down,down suspended down,down');
    expect(ports(6)).toEqual('up,up');
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await succeed('poll');
    await succeed('reconcile');
    expect(five()).toBe('up,up active down,down suspended down,up');
    expect(api().sort()).toEqual([
      'enable-port 7011',
      'enable-port 7012',
      'enable-port 7052',
      'enable-port 7061',
      'enable-port 7062',
      'unsuspend-order 902',
    ]);
  });

  it('stays marked as adopted when another hold takes it over', async () => {
    await at.addService(1, { product: 'ports' });
    for (const index of [1, 2]) at.panel.staffDisablePort(toIds(1).port(index));
    await succeed('hold adopt svc-1 --reason manual --ports 7011,7012');
    at.use(1, 200);
    await succeed('poll');
    await succeed('hold release svc-1');
    const { holds } = (await at.bench.sluice('hold list svc-1 --json')).json<{
      holds: { reason: string; until: string | null; evidence: { target: string; adopted: boolean }[] }[];
    }>();
    const open = holds.filter(({ until }) => until === null);
    expect(open.map(({ reason }) => reason)).toEqual(['quota']);
    expect(open[0]!.evidence.map(({ target, adopted }) => [target, adopted])).toEqual([
      ['7011', true],
      ['7012', true],
    ]);
    expect(ports(1)).toEqual('down,down');
  });

  it('stays suspended after it was adopted for billing, until the customer has paid', async () => {
    await at.addService(1, { product: 'ports' });
    at.panel.staffSuspendOrder(901, 'not paid, by the old tool');
    for (const time of ['first', 'again']) {
      await succeed('hold adopt svc-1 --reason billing --order');
      at.bench.clock.advance(HOUR);
      await succeed('poll');
      await succeed('reconcile');
      expect([time, order(1), ...api()]).toEqual([time, 'suspended']);
    }
    await succeed('provision unsuspend svc-1');
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    expect([order(1), ...api()]).toEqual(['active', 'unsuspend-order 901']);
  });

  it.each(['pending', 'terminated'])('is not adopted for billing of a service that is %s', async (status) => {
    await at.addService(1, { product: 'ports' });
    at.panel.staffDisablePort(7011);
    await succeed(`service set svc-1 status=${status}`);
    const refused = await at.bench.sluice('hold adopt svc-1 --json --reason billing --ports 7011');
    expect([refused.exitCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([1, 'wrong_lifecycle']);
    const stored = await at.bench.store(async (store) => [
      (await store.services.get('svc-1'))?.status,
      await store.holds.all({ service: 'svc-1' }),
    ]);
    expect(stored).toEqual([status, []]);
  });

  it('is not adopted when it is not shut, a management port, or of another service', async () => {
    for (const number of [1, 2]) await at.addService(number);
    at.panel.staffDisablePort(toIds(1).port(1));
    at.panel.staffDisablePort(toIds(1).port(3));
    at.panel.staffDisablePort(toIds(2).port(1));
    for (const [words, exitCode, code, says] of [
      ['--ports 7012', 1, 'not_restricted', 'the panel does not show that port 7012 (eth1) is disabled'],
      ['--ports 7013', 1, 'not_restricted', '7013 (iDRAC) is a management port'],
      ['--ports 7021', 1, 'not_restricted', '7021 does not belong to "svc-1"'],
      ['--ports 7011,7012', 1, 'not_restricted', '7012 (eth1)'],
      ['--order', 1, 'not_restricted', 'the panel does not show that order 901 is suspended'],
      ['', 2, 'bad_option', 'ports'],
    ] as const) {
      const refused = await at.bench.sluice(`hold adopt svc-1 --json ${words}`.trim());
      const { error } = refused.json<{ error: { code: string; message: string } }>();
      expect([words, refused.exitCode, error.code]).toEqual([words, exitCode, code]);
      expect(error.message).toContain(says);
    }
    expect((await at.bench.sluice('hold list --json')).json()).toEqual({ holds: [], released: [], wouldHold: [] });
    await succeed('hold adopt svc-1 --ports 7011');
    await succeed('hold adopt svc-1 --ports 7011');
    expect(api()).toEqual([]);
  });
});

/** Services of all kinds, held for all reasons; gives how the panel was before the old tool and we came. */
async function restrictEverything(): Promise<PanelSnapshot> {
  for (const [index, product] of ['ports', 'order', 'both', 'ports', 'both', 'order', 'both', 'ports'].entries())
    await at.addService(index + 1, { product });
  // Somebody else's, for good.
  at.panel.staffDisablePort(toIds(1).port(2));
  at.panel.staffSuspendOrder(toIds(3).order, 'not paid');
  const first = at.panel.snapshot();
  // The old tool's.
  at.panel.staffDisablePort(toIds(7).port(1));
  at.panel.staffSuspendOrder(toIds(6).order, 'quota');
  for (const number of [1, 2, 3, 5, 6, 7]) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  await succeed('hold adopt svc-7 --ports 7071');
  await succeed('hold adopt svc-6 --order');
  await succeed('poll');
  await succeed('hold add svc-4 --note abuse');
  await succeed('provision suspend svc-5 --reason unpaid');
  await succeed('hold add svc-2');
  expect(seven()).toBe('down,down suspended down,down suspended suspended suspended down,down');
  return first;
}

describe('hold release --all', () => {
  it('brings the panel back to its first state, adopted holds included, and keeps it so', async () => {
    const first = await restrictEverything();
    const before = at.panel.snapshot();
    const dry = await at.bench.sluice('hold release --all --dry-run --detailed-exitcode --json');
    expect(dry.exitCode).toBe(4);
    const announced = dry.json<RunReport>().services.map((service) => [service.id, service.actions.length]);
    expect(at.panel.snapshot()).toEqual(before);
    const released = await at.bench.sluice('hold release --all --yes --json');
    expect([released.exitCode, released.stderr]).toEqual([0, '']);
    const report = released.json<RunReport>();
    expect(report.services.map((service) => [service.id, service.actions.length])).toEqual(announced);
    expect(report.services.flatMap((service) => service.actions.map((action) => action.state))).toEqual(
      Array.from({ length: report.totals.actions }, () => 'applied'),
    );
    expect(at.panel.snapshot()).toEqual(first);
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    await succeed('reconcile');
    expect(at.panel.snapshot()).toEqual(first);
    await succeed('db check');
    const again = await at.bench.sluice('hold release --all --yes --json');
    expect([again.exitCode, again.json<RunReport>().totals.actions]).toEqual([0, 0]);
    const file = JSON.parse(at.bench.read('sluice.db.holds.json')) as HoldsFile;
    expect([file.holds, file.evidence]).toEqual([[], []]);
  });

  it('goes on where it was broken off by a panel that failed for one service', async () => {
    const first = await restrictEverything();
    at.panel.setDefect(toIds(3).port(1), 'refuse');
    const partly = await at.bench.sluice('hold release --all --yes --json');
    expect(partly.exitCode).toBe(3);
    const wrong = partly.json<RunReport>().services.filter((service) => service.error !== null);
    expect(wrong.map((service) => service.id)).toEqual(['svc-3']);
    at.panel.setDefect(toIds(3).port(1), null);
    await succeed('hold release --all --yes');
    expect(at.panel.snapshot()).toEqual(first);
    await succeed('db check');
  });

  it('of one reason leaves the other holds', async () => {
    await restrictEverything();
    await succeed('hold release --all --reason quota --yes');
    expect(seven()).toBe('up,down suspended up,up suspended suspended active up,up');
    const { holds } = (await at.bench.sluice('hold list --json')).json<{
      holds: { service: string; reason: string; until: string | null }[];
    }>();
    const open = holds.filter((hold) => hold.until === null).map((hold) => `${hold.service} ${hold.reason}`);
    expect(open.sort()).toEqual(['svc-2 manual', 'svc-4 manual', 'svc-5 billing']);
  });
});

function loseStore(): void {
  for (const name of readdirSync(at.bench.folder))
    if (/^sluice\.db(-wal|-shm)?$/.test(name)) rmSync(at.bench.path(name));
}

describe('a store that is gone', () => {
  it('is not begun anew while the file of open holds names anything', async () => {
    await restrictEverything();
    const text = at.bench.read('sluice.db.holds.json');
    loseStore();
    const calls = at.panel.server.totals.calls;
    for (const words of ['poll', 'reconcile', 'service list', 'hold release --all --yes']) {
      const refused = await at.bench.sluice(`${words} --json`);
      expect([words, refused.exitCode, refused.stderr]).toEqual([words, 1, '']);
      const { error } = refused.json<{ error: { code: string; message: string } }>();
      expect(error.code).toBe('store_missing');
      const { stderr } = await at.bench.sluice(words);
      expect(stderr).toMatch(/db restore FILE.*hold release --all --from .*sluice\.db\.holds\.json --yes/);
    }
    expect(at.panel.server.totals.calls).toBe(calls);
    expect(existsSync(at.bench.path('sluice.db'))).toBe(false);
    expect(at.bench.read('sluice.db.holds.json')).toBe(text);
    rmSync(at.bench.path('sluice.db.holds.json'));
    await succeed('service list');
  });

  it('is not begun again beside a damaged file of open holds, also where an empty store is in its place', async () => {
    await succeed('service list');
    const damaged = '{ "holds": [';
    at.bench.write('sluice.db.holds.json', damaged);
    for (const isThere of [true, false]) {
      if (!isThere) loseStore();
      const refused = await at.bench.sluice('poll --json');
      expect(refused.json<{ error: { code: string } }>().error.code).toBe('bad_holds_file');
      expect(at.bench.read('sluice.db.holds.json')).toBe(damaged);
    }
  });

  it.each(['sluice.db.holds.json', 'elsewhere.json', 'of-an-earlier-version.json'])(
    'is not needed to give everything back from %s',
    async (name) => {
      const first = await restrictEverything();
      const text = at.bench.read('sluice.db.holds.json');
      // Earlier versions did not store what a hold asks for.
      const earlier = text.replaceAll(/^ *"restriction": .*\n/gm, '');
      expect(earlier).not.toBe(text);
      if (name !== 'sluice.db.holds.json') at.bench.write(name, name === 'elsewhere.json' ? text : earlier);
      loseStore();
      const released = await at.bench.sluice(`hold release --all --from ${name} --yes --json`);
      expect([released.exitCode, released.stderr]).toEqual([0, '']);
      expect(at.panel.snapshot()).toEqual(first);
      await succeed('db check');
      const repeated = await at.bench.sluice(`hold release --all --from ${name} --yes --json`);
      expect([repeated.exitCode, repeated.json<RunReport>().totals.actions]).toEqual([0, 0]);
      expect(at.panel.snapshot()).toEqual(first);
    },
  );

  it('is not made by a dry run, which shows what is given back', async () => {
    await restrictEverything();
    const text = at.bench.read('sluice.db.holds.json');
    loseStore();
    const restricted = at.panel.snapshot();
    const words = 'hold release --all --from sluice.db.holds.json';
    const shown = await at.bench.sluice(`${words} --dry-run --json`);
    expect([shown.exitCode, shown.stderr]).toEqual([0, '']);
    expect((await at.bench.sluice(words)).stderr).toContain('Not confirmed');
    expect(existsSync(at.bench.path('sluice.db'))).toBe(false);
    expect([at.panel.snapshot(), at.bench.read('sluice.db.holds.json')]).toEqual([restricted, text]);
    expect((await at.bench.sluice('poll')).stderr).toContain('lists');
    const preview = shown.json<RunReport>();
    const released = (await at.bench.sluice(`${words} --yes --json`)).json<RunReport>();
    const listChanges = ({ services }: RunReport): unknown[] =>
      services.map(({ id, actions }) => [id, actions.map(({ type, target }) => `${type} ${target}`)]);
    expect(listChanges(preview)).toEqual(listChanges(released));
    expect(preview.totals).toMatchObject({ wouldRelease: released.totals.released, planned: released.totals.actions });
  });

  it('is not replaced by an empty one, which knows none of its holds', async () => {
    const first = await restrictEverything();
    const text = at.bench.read('sluice.db.holds.json');
    loseStore();
    rmSync(at.bench.path('sluice.db.holds.json'));
    await succeed('service list');
    at.bench.write('sluice.db.holds.json', text);
    const refused = await at.bench.sluice('hold release --all --from sluice.db.holds.json --dry-run');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringMatching(/dry run.*sluice\.db lacks/)]);
    const polled = await at.bench.sluice('poll');
    expect([polled.exitCode, polled.stderr]).toEqual([1, expect.stringMatching(/has no services, but .* lists/)]);
    expect(at.bench.read('sluice.db.holds.json')).toBe(text);
    await succeed('hold release --all --from sluice.db.holds.json --yes');
    expect(at.panel.snapshot()).toEqual(first);
    await succeed('service list');
  });

  it('is replaced by a backup with what its file has, also where an empty one stands in its place', async () => {
    await succeed('service list');
    await succeed('db backup early.db');
    await restrictEverything();
    const [before, text] = [await held(), at.bench.read('sluice.db.holds.json')];
    loseStore();
    rmSync(at.bench.path('sluice.db.holds.json'));
    await succeed('service list');
    at.bench.write('sluice.db.holds.json', text);
    const restored = await at.bench.sluice('db restore early.db --yes --json');
    expect(restored.json()).toMatchObject({ tookHoldsOver: true, holdsFrom: 'file' });
    expect((await held()).sort()).toEqual(before.sort());
  });

  it('leaves what could not be given back in the new store and its file', async () => {
    const first = await restrictEverything();
    loseStore();
    at.panel.setDefect(toIds(3).port(1), 'refuse');
    const partly = await at.bench.sluice('hold release --all --from sluice.db.holds.json --yes --json');
    expect(partly.exitCode).toBe(3);
    const file = JSON.parse(at.bench.read('sluice.db.holds.json')) as HoldsFile;
    expect(file.evidence.map((item) => item.target)).toEqual([String(toIds(3).port(1))]);
    at.panel.setDefect(toIds(3).port(1), null);
    await succeed('hold release --all --yes');
    expect(at.panel.snapshot()).toEqual(first);
  });
});

describe('a restored backup that is older than what was restricted since', () => {
  it('enforces no panel that was left to a config that observes', async () => {
    await at.addService(1);
    at.bench.write('sluice.yaml', `enforce: observe\n${at.bench.read('sluice.yaml')}`);
    await succeed('enforce dcim --yes');
    await succeed('poll');
    await succeed('db backup early.db');
    await succeed('observe dcim --as-configured');
    const { stderr } = await at.bench.sluice('db restore early.db --yes --json');
    expect(stderr).toContain('panel dcim is enforced no further');
    at.use(1, 200);
    await succeed('poll');
    expect(ports(1)).toEqual('up,up');
  });

  it('observes a panel that got another name since, which another one had before, and was observed with it', async () => {
    await at.addService(1);
    const config = at.bench.read('sluice.yaml');
    const other = '  fra: { kind: easydcim, url: "http://127.0.0.1:9", allowHttp: true, token: secret, retries: 0 }';
    at.bench.write('sluice.yaml', config.replace('panels:\n', `panels:\n${other}\n`));
    await at.bench.sluice('poll');
    at.bench.write('sluice.yaml', config);
    await succeed('enforce dcim --yes');
    await succeed('db backup early.db');
    at.bench.write('sluice.yaml', config.replace('  dcim: {', '  fra: {').replaceAll('panel: dcim', 'panel: fra'));
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    await succeed('observe fra');
    const restored = await at.bench.sluice('db restore early.db --yes --json');
    expect(restored.json()).toMatchObject({ observing: ['fra'] });
    at.use(1, 200);
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    expect(ports(1)).toEqual('up,up');
    const { panels } = (await at.bench.sluice('panel list --json')).json<{ panels: object[] }>();
    expect(panels).toMatchObject([{ enforce: { value: 'observe', source: 'switch' } }]);
  });

  it.each(['is missing', 'is damaged'])(
    'names the panels that it enforces where the replaced store %s',
    async (state) => {
      await at.addService(1);
      await succeed('enforce dcim --yes');
      await at.bench.sluice('api-token create panel --scope operate');
      await succeed('db backup early.db');
      const location = at.bench.path('sluice.db');
      for (const end of ['', '-wal', '-shm', '.holds.json']) rmSync(location + end, { force: true });
      if (state === 'is damaged') at.bench.write('sluice.db', 'not a database');
      const restored = await at.bench.sluice('db restore early.db --yes --json');
      expect(restored.json()).toMatchObject({ observing: [], enforced: ['dcim'], valid: [{ name: 'panel' }] });
      expect(restored.stderr).toContain('shows whether API token panel of the backup ended since');
      expect(restored.stderr).toMatch(
        /no readable store .* the backup enforces panel dcim: .* "sluice observe PANEL" before/,
      );
    },
  );

  it('goes on with the hold of the backup where one of the same reason began anew since', async () => {
    await at.addService(1);
    at.use(1, 200);
    await succeed('poll');
    await succeed('db backup early.db');
    const known = await held();
    await succeed('override set svc-1 --quota 500GB');
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    await succeed('override clear svc-1');
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    expect(ports(1)).toEqual('down,down');
    const restored = await at.bench.sluice('db restore early.db --yes --json');
    expect(restored.json()).toMatchObject({ tookHoldsOver: true });
    expect([await held(), known]).toEqual([[['svc-1', 'quota']], [['svc-1', 'quota']]]);
    await succeed('override set svc-1 --quota 500GB');
    await succeed('poll');
    expect([await held(), ports(1)]).toEqual([[], 'up,up']);
  });

  it.each(['store', 'file'])('keeps what was unpaid since cut, by the %s that was replaced', async (source) => {
    await at.addService(1, { product: 'order' });
    await succeed('poll');
    await succeed('db backup early.db');
    await succeed('provision suspend svc-1');
    const cut = at.panel.snapshot();
    expect(order(1)).toBe('suspended');
    if (source === 'store') rmSync(at.bench.path('sluice.db.holds.json'));
    else for (const end of ['', '-wal', '-shm']) rmSync(at.bench.path(`sluice.db${end}`), { force: true });
    expect((await at.bench.sluice('db restore early.db --yes')).exitCode).toBe(0);
    at.bench.clock.advance(HOUR);
    await at.bench.sluice('poll');
    expect([at.panel.snapshot(), await held()]).toEqual([cut, [['svc-1', 'billing']]]);
  });

  it('holds nobody who has paid since, when a restore is undone', async () => {
    await at.addService(1, { product: 'order' });
    await succeed('poll');
    await succeed('provision suspend svc-1');
    await succeed('db backup unpaid.db');
    await succeed('provision unsuspend svc-1');
    const replaced = async (file: string) => {
      at.bench.clock.advance(HOUR);
      return (await at.bench.sluice(['db', 'restore', file, '--yes', '--json'])).json<{
        replaced: string;
        tookHoldsOver: boolean;
      }>();
    };
    const first = await replaced('unpaid.db');
    expect(await replaced(first.replaced)).toMatchObject({ replacedHolds: null, tookHoldsOver: false });
    await succeed('poll');
    expect([await held(), order(1)]).toEqual([[], 'active']);
  });

  it('holds nobody who has paid since, when a restored hold had stood for that of the store that comes back', async () => {
    await at.addService(1, { product: 'order' });
    await succeed('poll');
    await succeed('provision suspend svc-1');
    await succeed('db backup first.db');
    await succeed('provision unsuspend svc-1');
    at.bench.clock.advance(HOUR);
    await succeed('provision suspend svc-1');
    const restore = async (file: string): Promise<string> => {
      at.bench.clock.advance(HOUR);
      const { exitCode, json } = await at.bench.sluice(['db', 'restore', file, '--yes', '--json']);
      expect(exitCode).toBe(0);
      return json<{ replaced: string }>().replaced;
    };
    const second = await restore('first.db');
    await succeed('provision unsuspend svc-1');
    const paid = await restore(second);
    await restore(paid);
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    expect([await held(), order(1)]).toEqual([[], 'active']);
  });

  it('gives the next customer a port that was shut in between for a service that the restored store knows as ended', async () => {
    const shared = [1, 2].map((index) => ({ id: toIds(1).port(index), name: `eth${index}` }));
    await at.addService(1, { ports: shared });
    await succeed('poll');
    await succeed('db backup early.db');
    await succeed('service set svc-1 status=terminated');
    at.bench.clock.advance(HOUR);
    const { replaced } = (await at.bench.sluice('db restore early.db --yes --json')).json<{ replaced: string }>();
    at.use(1, 200);
    await succeed('poll');
    expect(ports(1)).toBe('down,down');
    const undone = await at.bench.sluice(['db', 'restore', replaced, '--yes', '--json']);
    expect(undone.json()).toMatchObject({ tookHoldsOver: true });
    await succeed('poll');
    expect([await held(), ports(1)]).toEqual([[['svc-1', 'quota']], 'down,down']);
    at.panel.deleteService(501);
    await at.addService(2, { serverId: toIds(1).server, ports: shared });
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    expect([await held(), ports(1)]).toEqual([[], 'up,up']);
  });

  it('suspends nobody who was only overdue, so that a payment ends the hold', async () => {
    const config = at.bench.read('sluice.yaml');
    at.bench.write('sluice.yaml', config.replace('poll: {', 'poll: { overdue: hold,'));
    await at.addService(1, { product: 'order' });
    await at.addService(2);
    await succeed('poll');
    await succeed('db backup early.db');
    at.bench.clock.set('2026-12-20T12:00:00Z');
    at.use(2, 200);
    await succeed('poll');
    expect(await held()).toContainEqual(['svc-1', 'billing']);
    const restored = await at.bench.sluice('db restore early.db --yes --json');
    expect(restored.json()).toMatchObject({ tookHoldsOver: true });
    for (const service of ['svc-1', 'svc-2']) await succeed(`provision renew ${service} --until 2027-01-15`);
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    expect((await held()).filter(([, reason]) => reason === 'billing')).toEqual([]);
    expect(order(1)).toBe('active');
  });

  it('keeps a hold that needed no restriction of its own, when the one of the backup ends', async () => {
    await at.addService(1, { product: 'order' });
    at.use(1, 200);
    await succeed('poll');
    await succeed('db backup early.db');
    await succeed('hold add svc-1');
    const restored = await at.bench.sluice('db restore early.db --yes --json');
    expect(restored.json()).toMatchObject({ tookHoldsOver: true });
    await succeed('override set svc-1 --quota 500GB');
    await succeed('poll');
    expect([await held(), order(1)]).toEqual([[['svc-1', 'manual']], 'suspended']);
  });

  it('finds it on a panel that got another name since', async () => {
    await at.addService(1);
    await succeed('poll');
    await succeed('db backup early.db');
    const config = at.bench.read('sluice.yaml');
    at.bench.write('sluice.yaml', config.replace('  dcim: {', '  fra: {').replaceAll('panel: dcim', 'panel: fra'));
    at.use(1, 200);
    at.bench.clock.advance(HOUR);
    await succeed('poll');
    expect((await at.bench.sluice('db restore early.db --yes --json')).json()).toMatchObject({ tookHoldsOver: true });
    await at.bench.sluice('poll');
    expect([await held(), ports(1)]).toEqual([[['svc-1', 'quota']], 'down,down']);
    await succeed('override set svc-1 --quota 500GB');
    await succeed('poll');
    expect([await held(), ports(1)]).toEqual([[], 'up,up']);
  });

  it('takes it over, so that runs keep it and it can be given back', async () => {
    await at.addService(1);
    await succeed('poll');
    await succeed('db backup early.db');
    const first = at.panel.snapshot();
    at.use(1, 200);
    await succeed('poll');
    expect(ports(1)).toEqual('down,down');
    const restored = await at.bench.sluice('db restore early.db --yes --json');
    expect(restored.exitCode).toBe(0);
    const { replacedHolds } = restored.json<{ replacedHolds: string }>();
    expect(restored.json()).toMatchObject({ tookHoldsOver: true });
    expect(restored.stderr).toContain(
      `the next run keeps or lifts them. ${replacedHolds} lists all that were in force`,
    );
    expect(await held()).toEqual([['svc-1', 'quota']]);
    at.panel.server.clearCalls();
    await succeed('poll');
    expect([await held(), ports(1)]).toEqual([[['svc-1', 'quota']], 'down,down']);
    expect(at.panel.server.calls.filter(({ changing }) => changing)).toEqual([]);
    await succeed('hold release --all --yes');
    expect(at.panel.snapshot()).toEqual(first);
    at.bench.clock.advance(HOUR);
    const second = await at.bench.sluice('db restore early.db --yes --json');
    expect(second.json()).toMatchObject({ replacedHolds: null, observing: ['dcim'] });
    expect(second.stderr).toContain('panel dcim is enforced no further than in the replaced store');
    // The backup is of before the emergency stop, which goes on.
    await succeed('poll');
    expect([at.panel.snapshot(), ports(1)]).toEqual([first, 'up,up']);
  });
});
