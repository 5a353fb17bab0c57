import { describe, expect, it } from '@jest/globals';
import { mayName, toPanelName } from './name-sources.js';

const service = (name: string | null, fields: Record<string, string> = {}) => ({ id: 'svc-1', name, fields });
const FIELD = 'whmcs_name';

describe('the name of a service', () => {
  it.each([
    ['nobody', service(null), ['panel', 'billing', 'person']],
    ['the panel', service('a', { panel_name: 'a' }), ['panel', 'billing', 'person']],
    ['the billing system', service('a', { whmcs_name: 'a', panel_name: 'b' }), ['billing', 'person']],
    ['a person', service('a', { whmcs_name: 'b', panel_name: 'c' }), ['person']],
  ] as const)('that %s has made may be replaced by what stands before it', (_, one, sources) => {
    const all = ['panel', 'billing', 'person'] as const;
    expect(all.filter((source) => mayName(one, source, FIELD))).toEqual(sources);
  });

  it('is not the id, nothing that can not be seen, and none that it has', () => {
    for (const shown of ['svc-1', '', '\u202E\u0007'])
      expect([shown, toPanelName(service(null), shown)]).toEqual([shown, null]);
    expect(toPanelName(service('a', { panel_name: 'a' }), ' a ')).toBeNull();
    expect(toPanelName(service('a'), 'b')).toBeNull();
    expect(toPanelName(service('a', { panel_name: 'a' }), 'b\n c')).toBe('b c');
  });

  it('that an adoption has made is the panel’s once its account has it', () => {
    expect(toPanelName(service('a', { adopted_name: 'a' }), 'a')).toBe('a');
    expect(toPanelName(service('a', { adopted_name: 'a', panel_name: 'a' }), 'a')).toBeNull();
    expect(toPanelName(service('a', { adopted_name: 'a', panel_name: 'a' }), 'b')).toBe('b');
    for (const name of ['a', 'b']) expect(toPanelName(service('b', { adopted_name: 'a' }), name)).toBeNull();
  });
});
