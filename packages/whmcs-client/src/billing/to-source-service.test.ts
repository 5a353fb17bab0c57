import { describe, expect, it } from '@jest/globals';
import type { WhmcsCustomField, WhmcsService } from '../client/types.js';
import { findClaim, findDoubleClaims } from './claims.js';
import { type Mapping, toSourceService } from './to-source-service.js';

const NONE = { productIds: [], productGroupIds: [] };
const MAPPING: Mapping = {
  products: { small: { productIds: ['10'], productGroupIds: [] }, group: { productIds: [], productGroupIds: ['3'] } },
  only: NONE,
  groups: new Map([
    ['10', '3'],
    ['11', '3'],
    ['12', '4'],
  ]),
  columns: ['easydcim_service_id', 'traffic_mode', 'base_quota_override_gb', 'ddd'],
  fields: {},
};
const SERVICE: WhmcsService = {
  id: '17',
  clientId: '77',
  orderId: '5',
  orderNumber: '5550000005',
  productId: '10',
  product: 'Server',
  group: 'Servers',
  domain: '',
  username: '',
  dedicatedIp: '',
  assignedIps: '',
  status: 'Active',
  billingCycle: 'Monthly',
  registeredOn: null,
  nextDueDate: '2026-12-15',
  recurringAmount: '10.00',
  suspensionReason: '',
  overrideAutoSuspend: false,
  suspendNotBefore: null,
  bandwidthUsage: null,
  bandwidthLimit: null,
  customFields: [],
  configOptions: [],
};
const field = (name: string, value: string): WhmcsCustomField => ({ id: '1', name, value, rawValue: value });
const map = (change: Partial<WhmcsService>, mapping = MAPPING) => toSourceService({ ...SERVICE, ...change }, mapping);

describe('toSourceService', () => {
  it('takes client, status, cycle, due date and custom fields', () => {
    const customFields = [
      field(' EasyDCIM_Service_ID |Server', ' 501 '),
      field('Traffic_Mode', 'out'),
      field('DDD', '11'),
      field('Hostname', 'a.example'),
    ];
    expect(map({ customFields })).toEqual({
      id: 'whmcs-17',
      externalId: '17',
      externalProduct: '10',
      skipped: null,
      unclaimed: null,
      fills: {},
      unfilled: [],
      texts: {
        product: 'small',
        client: '77',
        status: 'active',
        billing_cycle: 'Monthly',
        next_due_date: '2026-12-15',
        easydcim_service_id: '501',
        traffic_mode: 'out',
        ddd: '11',
      },
      problems: [],
    });
  });

  it.each([
    ['Active', 'active'],
    ['suspended', 'suspended'],
    ['Pending', 'pending'],
    ['Terminated', 'terminated'],
    ['Cancelled', 'terminated'],
    ['Fraud', 'terminated'],
    ['Completed', 'status "Completed"'],
    ['Vacation', 'status "Vacation"'],
  ])('maps the status %s', (status, expected) => {
    const { texts, skipped } = map({ status });
    expect(skipped ?? texts['status']).toBe(expected);
  });

  it('claims by product before group, and narrows by either list', () => {
    expect([map({}).texts['product'], map({ productId: '11' }).texts['product']]).toEqual(['small', 'group']);
    expect(map({ productId: '12' }).unclaimed).toContain('product 12 (Server) of WHMCS is not claimed');
    expect(map({ productId: '12' }).texts).not.toHaveProperty('product');
    expect(map({ productId: null }).unclaimed).toContain('product none');
    const only = { productIds: ['10'], productGroupIds: ['4'] };
    expect(map({}, { ...MAPPING, only }).skipped).toBeNull();
    expect(map({ productId: '11' }, { ...MAPPING, only }).skipped).toContain('whmcs.productIds');
  });

  it('leaves out what WHMCS does not have, and unsets what is empty there', () => {
    const customFields = [field('base_quota_override_gb', '')];
    const { texts } = map({ billingCycle: '', nextDueDate: null, overrideAutoSuspend: true, customFields });
    expect(Object.keys(texts)).toEqual(['product', 'client', 'status', 'base_quota_override_gb']);
    expect(map({ overrideAutoSuspend: true, suspendNotBefore: '2026-12-24' }).texts['protected_until']).toBe(
      '2026-12-24',
    );
    expect(map({ suspendNotBefore: '2026-12-24' }).texts).not.toHaveProperty('protected_until');
  });

  it.each([
    ['Monthly', '2026-12-15', 'Monthly', '2026-12-15'],
    ['Monthly', null, 'Monthly', undefined],
    ['One Time', null, undefined, ''],
    [' free account ', null, undefined, ''],
    ['One Time', '2026-12-15', undefined, '2026-12-15'],
    ['Free Account', 'soon', undefined, 'soon'],
    ['', null, undefined, undefined],
  ])('maps the cycle "%s" with the due date %s', (billingCycle, nextDueDate, cycle, due) => {
    const { texts } = map({ billingCycle, nextDueDate });
    expect([texts['billing_cycle'], texts['next_due_date']]).toEqual([cycle, due]);
  });

  it('takes a column from the custom field that the config names for it', () => {
    const mapping = {
      ...MAPPING,
      columns: ['ddd', 'channels', 'email'],
      fields: { channels: 'Canais', ddd: ' DDD|x' },
    };
    const customFields = [
      field('CANAIS|Linhas', '4'),
      field('channels', '9'),
      field('DDD', '21'),
      field('E-mail', 'a'),
    ];
    expect(map({ customFields }, mapping).texts).toMatchObject({ channels: '4', ddd: '21' });
    expect(map({ customFields }, mapping).texts).not.toHaveProperty('email');
    const twice = [field('Canais', '4'), field('canais|b', '5')];
    expect(map({ customFields: twice }, mapping).problems).toEqual([
      { key: 'channels', message: expect.stringContaining('the name Canais') },
    ]);
  });

  it('reports two custom fields with one name', () => {
    const customFields = [field('traffic_mode', 'IN'), field('Traffic_Mode|Mode', '')];
    const { problems, texts } = map({ customFields });
    expect(problems).toEqual([{ key: 'traffic_mode', message: expect.stringContaining('two custom fields') }]);
    expect(texts).not.toHaveProperty('traffic_mode');
  });
});

describe('claims', () => {
  it('name the ids that two products have, and no product for unknown ids', () => {
    const sections = {
      a: { productIds: ['1'], productGroupIds: ['3'] },
      b: { productIds: ['1', '3'], productGroupIds: [] },
    };
    expect(findDoubleClaims(sections)).toEqual([
      { product: 'b', key: 'productIds', message: '1 is already claimed by product "a"' },
    ]);
    expect(findClaim(sections, { productId: '9', groupId: null })).toBeNull();
  });
});
