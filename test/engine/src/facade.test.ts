import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findInput, METHODS } from '@sluice/contract';
import { createSluice, parseConfig, type Sluice } from '@sluice/engine';
import { flvx } from '@sluice/flvx-client/panel';
import { PanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import { openStore, StoreError } from '@sluice/state-store';

/** Arguments that can be used, by their names, so that a wrong one after them is what is refused. */
const GOOD: Readonly<Record<string, unknown>> = {
  bytes: 1,
  range: 'cycle',
  resource: 'plans',
  rows: [],
  where: [],
  names: [],
  texts: {},
  values: {},
  override: {},
  preference: {},
  subject: { service: 'svc-1' },
  of: { service: 'svc-1' },
  change: { subscriber: null },
};

let sluice: Sluice;

beforeEach(async () => {
  const kinds = [flvx];
  // Nothing listens on the port.
  const relay = {
    kind: 'flvx',
    url: 'http://127.0.0.1:9',
    allowHttp: true,
    username: 'admin_user',
    password: 'secret1',
  };
  const config = parseConfig({ timeZone: 'UTC', panels: { relay: { ...relay, retries: 0 } }, products: {} }, kinds);
  sluice = await createSluice({ config, kinds, store: await openStore({ location: ':memory:' }) });
});
afterEach(() => sluice.close());

/** Returns what a call rejects with. */
async function rejection(call: () => Promise<unknown>): Promise<SluiceError> {
  const error = await call().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SluiceError);
  return error as SluiceError;
}

/** Returns a method by a name that the types don't have. */
function method(group: object, name: string): (...args: unknown[]) => Promise<unknown> {
  return (group as Record<string, (...args: unknown[]) => Promise<unknown>>)[name] as never;
}

describe('an instance as an object', () => {
  it('names the nearest method for one that is mistyped', () => {
    const told = new SluiceError(
      'unknown_method',
      'There is no sluice.holds.relaese; did you mean sluice.holds.release?',
      {
        kind: 'usage',
      },
    );
    expect(() => method(sluice.holds, 'relaese')).toThrow(told);
    expect(() => method(sluice.holds, 'relaese')).toThrow('sluice.holds.release');
    expect(() => method(sluice.services, 'exprot')).toThrow('sluice.services.export');
    expect(() => method(sluice, 'hold')).toThrow('sluice.holds');
    expect(() => method(sluice.holds, 'nothingOfTheKind')()).toThrow(TypeError);
  });

  it('lists its methods before any was called', () => {
    expect(Object.keys(sluice.holds)).toEqual(['list', 'add', 'release', 'adopt', 'adoptAll', 'releaseAll']);
    expect(Object.keys(sluice)).toEqual(expect.arrayContaining(['config', 'poll', 'services', 'notices', 'close']));
  });

  it('can be awaited, printed and compared', async () => {
    expect(await Promise.resolve(sluice.holds)).toBe(sluice.holds);
    expect(JSON.stringify(sluice.holds)).toBe('{}');
    expect(sluice.holds).toEqual(sluice.holds);
  });

  it('takes spies', async () => {
    const spy = jest.spyOn(sluice.services, 'list').mockResolvedValueOnce({ services: [], total: 0, next: null });
    expect(await sluice.services.list({ limit: -1 })).toMatchObject({ services: [] });
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
    expect(await sluice.services.list()).toEqual({ services: [], total: 0, next: null });
  });
});

describe('what calls reject with', () => {
  it("is a SluiceError for a panel's failure, with its code and cause", async () => {
    const error = await rejection(() => sluice.panels.tunnels({ panel: 'relay' }));
    expect(error).toMatchObject({ kind: 'panel', code: 'PANEL_UNREACHABLE', details: { panel: 'relay' } });
    expect(error.cause).toBeInstanceOf(PanelError);
  });

  it("is a SluiceError for the store's failure", async () => {
    await sluice.close();
    for (const call of [() => sluice.services.list(), () => sluice.version(), () => sluice.poll()]) {
      const error = await rejection(call);
      expect([error.kind, error.code]).toEqual(['store', 'store_closed']);
      expect(error.cause).toBeInstanceOf(StoreError);
    }
  });
});

describe('inputs of calls', () => {
  const WRONG: [input: string, call: () => Promise<unknown>][] = [
    ...['99z', '0h', '-1d', 'CYCLE', '7', ''].map((range): [string, () => Promise<unknown>] => [
      'range',
      () => sluice.usage.graph('svc-1', range as never),
    ]),
    ['range', () => sluice.usage.panelGraph('svc-1', 'week' as never)],
    ['range', () => sluice.usage.lastPanelGraph('svc-1', 'week' as never)],
    ['range', () => sluice.usage.top({ range: 'week' as never })],
    ['by', () => sluice.usage.top({ by: 'person' as never })],
    ['limit', () => sluice.usage.top({ limit: 0 })],
    ['range', () => sluice.usage.traffic({ range: 'month' as never })],
    ['percentile', () => sluice.usage.history('svc-1', { percentile: 0 })],
    ['points', () => sluice.usage.graph('svc-1', 'cycle', { points: 0 })],
    ['at', () => sluice.explain('svc-1', { at: 'garbage' })],
    ['at', () => sluice.explain('svc-1', { at: '2026-13-45T00:00:00Z' })],
    ['limit', () => sluice.services.list({ limit: -1 })],
    ['limit', () => sluice.services.list({ limit: 1.5 })],
    ['limit', () => sluice.notices.list({ limit: Number.NaN })],
    ['limit', () => sluice.log.list({ limit: 0 })],
    ['since', () => sluice.log.list({ since: 'yesterday' })],
    ['kinds', () => sluice.log.list({ kinds: ['apis' as never] })],
    ['page', () => sluice.overview({ page: 0 })],
    ['size', () => sluice.overview({ size: -5 })],
    ['waitMs', () => sluice.holds.add('svc-1', { waitMs: -1 })],
    ['limitBytes', () => sluice.agents.createUser({ agent: 'north', name: 'one', limitBytes: 0 })],
    ['bytes', () => sluice.agents.canCreateUser('north', 1.5)],
    ['bytes', () => sluice.agents.extendUser('north', 'anna', { bytes: -1 })],
    ['days', () => sluice.agents.extendUser('north', 'anna', { days: 1.5 })],
    ['dryrun', () => sluice.holds.add('svc-1', { dryrun: true } as never)],
    ['dryRun', () => sluice.holds.add('svc-1', { dryRun: 'yes' as never })],
    ['dryRun', () => sluice.plan({ dryRun: false } as never)],
    ['override', () => sluice.overrides.set('svc-1', null as never)],
    ['options', () => sluice.services.show('svc-1', 5 as never)],
    ['onEntry', () => sluice.log.follow({}, undefined as never)],
    ['subject', () => sluice.autoBuy.show({ service: 'svc-1', client: '7' } as never)],
    ['signal', () => sluice.poll({ signal: 'stop' as never })],
  ];

  it.each(WRONG)('are refused by the library: %s', async (input, call) => {
    const error = await rejection(call);
    expect([error.kind, error.code, error.details['input']]).toEqual(['usage', 'bad_input', input]);
    expect(error.message).toMatch(new RegExp(`^${input}: `));
  });

  it.each(METHODS)('are checked before anything else: %s', async (useCase) => {
    const [group = '', own] = useCase.split('.');
    const { names = [] } = findInput(useCase) ?? {};
    const called = own === undefined ? method(sluice, group) : method(sluice[group as 'holds'], own);
    const good = names.map((name) => GOOD[name]);
    for (const [index, name] of names.entries()) {
      for (const wrong of [5, true, [Symbol('x')], { nothing: 5 }, () => 1]) {
        if ((typeof wrong === 'number' && name === 'bytes') || (typeof wrong === 'function' && name === 'onEntry'))
          continue;
        const error = await rejection(() => called(...good.slice(0, index), wrong));
        expect([useCase, index, error.kind, error.code]).toEqual([useCase, index, 'usage', 'bad_input']);
      }
    }
  });

  it('are named without what a password is', async () => {
    const error = await rejection(() => method(sluice.provision, 'changePassword')('svc-1', { password: ['s3cret'] }));
    expect(error.message).not.toContain('s3cret');
    const misplaced = await rejection(() => method(sluice.provision, 'changePassword')('svc-1', 's3cret'));
    expect(misplaced.message).toBe('options: a text is not an object');
  });

  it('may have keys that are undefined', async () => {
    expect(await method(sluice.notices, 'alarms')({ reader: undefined, service: undefined })).toEqual({ alarms: [] });
    expect(await method(sluice.log, 'list')({ kinds: undefined })).toEqual({ entries: [], next: null });
  });

  it('have defaults in the log', async () => {
    expect(await sluice.log.list()).toEqual({ entries: [], next: null });
    expect(await sluice.log.list({ since: '2026-11-20T10:00:00+02:00' })).toEqual({ entries: [], next: null });
  });
});
