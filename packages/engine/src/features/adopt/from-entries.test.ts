import { describe, expect, it } from '@jest/globals';
import { type EntryDetail, entryKey, type PanelEntry, toPanelEntry } from '@sluice/panel-kind';
import { fromEntries } from './from-entries.js';

const GB = 1024 ** 3;
const KIND = { kind: 'flvx', requiredRef: 'flvx_user_id', refs: [] };

const user = (id: string, shown: Partial<PanelEntry> = {}): PanelEntry =>
  toPanelEntry({ object: 'user', id, refs: { flvx_user_id: id } }, { name: `user-${id}`, ...shown });

function read(entries: PanelEntry[], details: Record<string, EntryDetail> = {}) {
  const byKey = new Map(entries.map((entry) => [entryKey(entry), details[entry.id] ?? {}]));
  const { services, products, undecided } = fromEntries({ entries, details: byKey }, 'relay', KIND);
  return {
    services: services.map(({ product, columns }) => [product, columns['flvx_user_id']]),
    products: products.map(({ name, settings }) => [name, settings]),
    undecided,
  };
}

describe('fromEntries', () => {
  it('makes a product for all entries with the same quota and settings, and a name for each', () => {
    const section = { tunnelIds: [1, 2] };
    const { services, products, undecided } = read(
      [user('1', { limitBytes: 100 * GB }), user('2', { limitBytes: 100 * GB }), user('3', { limitBytes: 100 * GB })],
      { 1: { section }, 2: { section: { tunnelIds: [1, 2] } } },
    );
    expect(services).toEqual([
      ['relay-100gb', '1'],
      ['relay-100gb', '2'],
      ['relay-100gb-2', '3'],
    ]);
    expect(products).toEqual([
      ['relay-100gb', { quota: { total: '100GB' }, flvx: section }],
      ['relay-100gb-2', { quota: { total: '100GB' } }],
    ]);
    expect(undecided).toEqual([]);
  });

  it('keeps apart no limit, a limit of 0, an unknown one, and none by the adapter’s word', () => {
    const { products } = read(
      [
        user('1', { unlimited: true }),
        user('2', { limitBytes: 0, unlimited: false }),
        user('3'),
        user('4', { limitBytes: 100 * GB }),
        user('5', { limitBytes: 100 * GB }),
        user('6', { unlimited: true }),
        user('7', { limitBytes: 1.5 * GB }),
      ],
      { 5: { quotaBytes: null }, 6: { quotaBytes: null }, 7: { quotaBytes: 1536 } },
    );
    expect(products).toEqual([
      ['relay-unlimited', { quota: { total: 'unlimited' } }],
      ['relay-0b', { quota: { total: '0' } }],
      ['relay-plain', {}],
      ['relay-100gb', { quota: { total: '100GB' } }],
      ['relay-1.50kb', { quota: { total: '1536B' } }],
    ]);
  });

  it('names what has no id, and what is part of a service that it has', () => {
    const line = toPanelEntry({ object: 'did', id: '9', refs: { flvx_user_id: '1' } });
    const { services, undecided } = read([
      user('1', { name: 'a,"b"\u001B[31m' }),
      line,
      toPanelEntry({ object: 'user', id: '8', refs: {} }, { name: '刘洋' }),
    ]);
    expect(services).toHaveLength(1);
    expect(undecided.map(({ object, state, reason }) => [object, state, reason])).toEqual([
      ['did 9', 'left-out', 'it belongs to the service with flvx_user_id 1'],
      [
        'user 8 (刘洋)',
        'undecided',
        'the panel shows no flvx_user_id of it: add its row by hand where it is a service',
      ],
    ]);
  });
});
