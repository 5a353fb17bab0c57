import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CallBillView } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { call } from './telephony-panel.js';
import { openWorld, type World } from './world.js';

const world = useBench(() => openWorld('whmcs'));
beforeEach(() => {
  world.exchange.calls = [call('2026-10-15T12:00:00-03:00', '40.0000')];
});

const bill = async (options: Parameters<World['sluice']['calls']['bill']>[0] = {}): Promise<CallBillView[]> =>
  (await world.sluice.calls.bill({ reports: world.reports, ...options })).bills;
const readState = async (options = {}): Promise<unknown[]> =>
  (await bill(options)).map(({ state, error }) => error?.code ?? state);

const CHANGES: [string, () => void][] = [
  ['zone', () => Object.assign(world.exchange, { timeZone: 'UTC' })],
  ['installation', () => Object.assign(world.exchange, { installation: 'other' })],
];

describe.each(CHANGES)('a changed %s', (_what, change) => {
  it('leaves a confirmed bill as it is', async () => {
    expect(await readState()).toEqual(['added']);
    change();
    expect(await readState()).toEqual(['already-added']);
    expect(await world.lines()).toHaveLength(1);
    expect(world.files.size).toBe(1);
  });

  it('leaves a bill in doubt to be sent again', async () => {
    world.fake?.server.inject({ endpoint: 'UpdateInvoice', times: 1, when: 'before', fault: { kind: 'cut' } });
    expect(await readState()).toEqual(['outcome_unknown']);
    change();
    expect(await readState()).toEqual(['outcome_unknown']);
    world.clock.advance(11 * 60_000);
    expect(await readState({ resend: true })).toEqual(['added']);
    expect(await world.lines()).toHaveLength(1);
  });
});

describe('another billing system', () => {
  it('does not get a bill whose line may be in the former one', async () => {
    world.fake?.server.inject({ endpoint: 'UpdateInvoice', times: 1, when: 'before', fault: { kind: 'cut' } });
    expect(await readState()).toEqual(['outcome_unknown']);
    await world.bench.edit('"billing":"whmcs"', '"billing":"ledger"');
    expect(await readState({ resend: true })).toEqual(['other_billing']);
    await world.bench.edit('"billing":"ledger"', '"billing":"whmcs"');
    world.clock.advance(11 * 60_000);
    expect(await readState({ resend: true })).toEqual(['added']);
  });
});
