import type { Carrier, Did, Subscriber, TelephoneCustomer, TelephonePlan } from '@sluice/quota-core/telephony';
import { type LineObservation, LineRefusal, type LineTarget } from '../account/index.js';
import { type LineSystem, toLineSystem } from '../account/system.js';
import { builtInProfiles, parseProfile } from '../profile/load.js';
import { fixture } from './fixture.js';

/** What the planners know of the profiles that are tested. */
export const systems = {
  default: toLineSystem(builtInProfiles.default),
  pt: toLineSystem(parseProfile(fixture('profile.pt-envelope'))),
  magnus: toLineSystem(builtInProfiles.magnusbilling),
};

/** The default profile, or another one, with other resources. */
export function systemWith(resources: object, base: 'default' | 'magnusbilling' = 'default'): LineSystem {
  return toLineSystem(parseProfile({ profileVersion: 1, name: 'x', extends: base, resources }));
}

export const customer = (changes: Partial<TelephoneCustomer> = {}): TelephoneCustomer => ({
  ...{ id: '501', name: 'João da Silva', document: null, email: null, phone: null, externalRef: null },
  ...{ status: 'active', createdAt: null, ...changes },
});

export const line = (changes: Partial<Subscriber> = {}): Subscriber => ({
  ...{
    id: '9001',
    username: 'joao1042',
    customerId: '501',
    planId: '11',
    areaCode: '11',
    channels: 2,
    status: 'active',
  },
  ...{ sip: { username: null, domain: null, passwordSet: null }, callerId: null, billingType: 'postpaid' },
  ...{ externalRef: 'whmcs:service:311', createdAt: null, updatedAt: null, extra: {}, ...changes },
});

export const did = (changes: Partial<Did> = {}): Did => ({
  ...{ id: '6001', number: '+551140001234', areaCode: '11', countryCode: null, carrierId: '21', subscriberId: null },
  ...{ destination: null, channels: null, monthlyPrice: null, setupPrice: null, currency: 'BRL', status: 'available' },
  ...{ externalRef: null, extra: {}, ...changes },
});

export const carrier: Carrier = {
  ...{ id: '21', name: 'Operadora A', code: 'EXA', csp: null, status: 'active', extra: {} },
};

export const plan: TelephonePlan = {
  ...{ id: '11', name: 'Corporativo', description: null, monthlyPrice: null, currency: 'BRL', includedMinutes: null },
  ...{ status: 'active', extra: {} },
};

/** What the line of `line` should be. */
export const lineTarget: LineTarget = {
  username: 'joao1042',
  usernames: ['João1042', 'joao1042'],
  customer: {
    name: 'João da Silva',
    document: '12345678909',
    email: null,
    phone: null,
    externalRef: 'whmcs:client:77',
  },
  isUnproven: false,
  plan: { name: 'Corporativo' },
  areaCode: '11',
  channels: 2,
  billingType: 'postpaid',
  externalRef: 'whmcs:service:311',
  ownRefs: ['whmcs:service:311', 'sluice:service:311'],
};

/** A panel without a line of the service. */
export const nothing: LineObservation = { byReference: [], byUsername: [], customers: [], plans: [plan] };

/** The refusal of what is planned, as code and ids; what was planned where there is none. */
export function refusalOf(run: () => unknown): { code: string; ids: readonly string[] } | { planned: unknown } {
  try {
    return { planned: run() };
  } catch (error) {
    if (!(error instanceof LineRefusal)) throw error;
    if (error.message === '') throw new Error('a refusal without a message', { cause: error });
    return { code: error.code, ids: error.ids };
  }
}

/** The code of a refusal. */
export function catchRefusal(run: () => unknown): string {
  const found = refusalOf(run);
  return 'code' in found ? found.code : `planned ${JSON.stringify(found.planned)}`;
}
