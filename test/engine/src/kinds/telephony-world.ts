import { startFakeAstbilling } from '@sluice/fake-panels';
import type { PanelWorld, PanelWorlds, SuiteClock, SuiteService } from '@sluice/panel-kind/testing';
import { type Faults, toPort, toWays } from './port.js';

const FAULTS: Faults = {
  'cut before': { fault: { kind: 'cut' }, when: 'before' },
  'cut after': { fault: { kind: 'cut' }, when: 'after' },
  '500 before': { fault: { kind: 'status', status: 500 }, when: 'before' },
  '500 after': { fault: { kind: 'status', status: 500 }, when: 'after' },
  'a page after': { fault: { kind: 'html' }, when: 'after' },
  truncated: { fault: { kind: 'truncated' } },
  'a hang after': { fault: { kind: 'hang' }, when: 'after' },
};

const UNREADABLE = ['a page', 'an empty answer', 'half an answer'] as const;
const toFault = (how: string) =>
  ({ kind: how === 'a page' ? 'html' : how === 'an empty answer' ? 'empty' : 'truncated' }) as const;

const PERSONS = [
  { first_name: 'João', last_name: 'da Silva', document: '123.456.789-09' },
  { first_name: 'Maria', last_name: 'Souza', document: '987.654.321-00' },
];

/** Values of a line of a customer who pays on time, and of one who is blocked: in MagnusBilling a number. */
const toValues = (isStopped: boolean): { status: 'active' | 'suspended'; active: number } =>
  isStopped ? { status: 'suspended', active: 4 } : { status: 'active', active: 1 };

async function open(kind: string, clock: SuiteClock): Promise<PanelWorld> {
  const fake = await startFakeAstbilling({ now: clock.now });
  fake.add('plans', { id: '11', name: 'Corporativo 30/6' });
  fake.add('plans', { id: '12', name: 'Grande' });
  const theirs = fake.addSubscriber({ username: 'theirs7', plan: '11' });
  const find = ({ refs }: SuiteService) => fake.subscribers().find(({ id }) => id === refs['astbilling_subscriber_id']);
  const read = (line: ReturnType<typeof find>): unknown =>
    line === undefined || line.status === 'terminated' ? 'gone' : { status: line.status, active: line.extra['active'] };
  const write = (line: ReturnType<typeof find>, isStopped: boolean): void => {
    if (line === undefined) return;
    const { status, active } = toValues(isStopped);
    line.status = status;
    if (kind === 'magnusbilling') line.extra['active'] = active;
  };
  return {
    config: (timeout) => ({
      currency: 'BRL',
      panels: {
        voice: {
          ...{ kind, url: fake.url, allowHttp: true, retries: 0, timeout, billFrom: '2026-11-01' },
          token: kind === 'magnusbilling' ? fake.credential : fake.token,
        },
      },
      products: {
        capped: {
          ...{ panel: 'voice', astbilling: { planId: 11 } },
          limits: [{ id: 'spend', window: 'day', allowance: '20.00', action: 'suspend' }],
        },
        large: { panel: 'voice', astbilling: { plan: 'Grande' } },
      },
    }),
    addService: (n) => ({
      ...{ client: `${41 + n}`, status: 'pending', order_id: `${1041 + n}`, ddd: '11', channels: '2' },
      ...PERSONS[n - 1],
    }),
    exceed(service) {
      const startedAt = new Date(clock.now()).toISOString();
      fake.addCall({ subscriber: find(service)?.id ?? '', startedAt, talkSeconds: 60, charge: '30.0000' });
    },
    running: (service) => read(find(service)),
    isRestricted: (service) => find(service)?.status === 'suspended',
    foreign: () => read(fake.subscriber(theirs)),
    state: () =>
      fake
        .subscribers()
        .filter(({ status }) => status !== 'terminated')
        .map(({ username, planId, channels, status, extra }) => ({
          username,
          planId,
          channels,
          status,
          active: extra['active'],
        })),
    port: toPort(fake.server, FAULTS),
    stop(service) {
      if (find(service)?.status !== 'active') return false;
      write(find(service), true);
      return true;
    },
    free: (service) => {
      write(find(service), false);
    },
    act(act, service) {
      const line = find(service);
      if (act === 'remove' && line !== undefined) line.status = 'terminated';
    },
    spoil: (_service, how) => {
      fake.server.inject({ endpoint: /cdrs|^call\//, when: 'after', fault: toFault(how) });
    },
    honest: () => {
      fake.server.clearFaults();
    },
    close: () => fake.close(),
  };
}

/** Worlds of telephony: a line with a limit in money. */
export function telephonyWorlds(kind: 'astbilling' | 'magnusbilling'): PanelWorlds {
  return {
    limited: [{ name: 'capped', releases: ['day'] }],
    package: 'large',
    ways: toWays(FAULTS),
    unreadable: UNREADABLE,
    staffActs: ['remove'],
    stopsMeanwhile: 'until-read',
    fixedPasswords: kind === 'magnusbilling',
    open: (clock) => open(kind, clock),
  };
}
