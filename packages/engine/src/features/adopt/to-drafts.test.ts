import { describe, expect, it } from '@jest/globals';
import { type PanelEntry, type PanelKind, toPanelEntry } from '@sluice/panel-kind';
import type { BilledService } from '@sluice/quota-core';
import { findEntries, toDrafts } from './to-drafts.js';

const KIND = {
  requiredRef: 'flvx_user_id',
  refs: [{ name: 'flvx_user_id', fits: /^\d+$/, words: 'digits', unique: true }],
} as unknown as PanelKind;

const user = (id: string, shown: Partial<PanelEntry> = {}): PanelEntry =>
  toPanelEntry({ object: 'user', id, refs: { flvx_user_id: id } }, shown);

const billed = (id: string, of: Partial<BilledService> = {}): BilledService => ({
  ...{ id: `whmcs-${id}`, externalId: id, productId: '1', productName: 'Relay', client: '9', clientName: null },
  ...{ clientEmail: null, status: 'active', billingCycle: 'Monthly', nextDueDate: '2026-12-15', username: null },
  ...{ domain: null, addresses: [], fields: {} },
  ...of,
});

function draft(
  entries: readonly PanelEntry[],
  services: readonly BilledService[],
  known: { billingId: string | null; columns: Record<string, string> }[],
) {
  const foreign = { refs: ['hiddify_user_uuid'], products: new Set(['77']) };
  const on = { panel: 'relay', kind: KIND, entries, billed: services, foreign };
  const rows = known.map((row) => ({ ...row, product: 'p' }));
  const { drafts, undecided } = toDrafts(findEntries(rows, on), on);
  return {
    ids: drafts.map((one) => (one === null ? null : `${one.id} ${one.columns['status'] ?? '-'}`)),
    said: undecided.map(({ object, state, reason }) => `${object}: ${state}: ${reason}`),
  };
}

const ofUser = (id: string): { billingId: null; columns: Record<string, string> } => ({
  billingId: null,
  columns: { flvx_user_id: id },
});

describe('toDrafts', () => {
  it('adds what the billing system has: by its id, by a field, and by a name as a proposal', () => {
    const entries = [user('1', { name: 'anna' }), user('2', { name: 'bo' }), user('3', { name: 'cy' })];
    const services = [
      billed('7'),
      billed('8', { fields: { flvx_user_id: '2' }, status: 'suspended' }),
      billed('9', { username: 'cy' }),
    ];
    const found = draft(entries, services, [
      { billingId: '7', columns: { flvx_user_id: '1' } },
      ofUser('2'),
      ofUser('3'),
    ]);
    expect(found.ids).toEqual(['whmcs-7 active', 'whmcs-8 suspended', 'whmcs-9 active']);
    expect(found.said).toEqual([
      'user 3: proposed: it has the same name as service 9 of the billing system (probable): check it',
    ]);
  });

  it('lets no status that cuts come by a name, and no service of something else', () => {
    const entries = [user('1', { name: 'anna' }), user('2', { name: 'bo' }), user('3', { name: 'cy' })];
    const services = [
      billed('7', { username: 'anna', status: 'suspended' }),
      billed('8', { username: 'bo', fields: { hiddify_user_uuid: 'x' } }),
      billed('9', { username: 'cy', productId: '77' }),
    ];
    const { ids, said } = draft(entries, services, [ofUser('1'), ofUser('2'), ofUser('3')]);
    expect(ids).toEqual(['relay-1 -', 'relay-2 -', 'relay-3 -']);
    expect(said).toEqual([
      'user 1: undecided: it has the same name as service 7 of the billing system, which is suspended there: decide whether it is that one',
      ...['user 1', 'user 2', 'user 3'].map(
        (name) => `${name}: proposed: no service of the billing system is known to be it`,
      ),
    ]);
  });

  it('names what the panel does not have, what has ended, and what would be two', () => {
    const { ids, said } = draft(
      [user('1')],
      [billed('7'), billed('8', { status: 'terminated' })],
      [
        { billingId: '7', columns: { flvx_user_id: '99' } },
        { billingId: '8', columns: { flvx_user_id: '1' } },
        { billingId: '7', columns: { flvx_user_id: '1' } },
      ],
    );
    expect(ids).toEqual([null, null, 'whmcs-7 active']);
    expect(said).toEqual([
      'service 7: undecided: the panel has nothing with flvx_user_id 99: correct it there or in the billing system',
      'user 1: left-out: whmcs-8 has ended in the billing system',
    ]);
  });
});
