import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Sluice } from '@sluice/engine';
import { type FakeAstbilling, startFakeAstbilling } from '@sluice/fake-panels';
import type { PanelWorld, PanelWorlds, SuiteClock, SuiteOperation, SuiteService } from '@sluice/panel-kind/testing';
import { done } from '../bench/outcomes.js';
import { COMMON, type Faults, toPort, toWays } from './port.js';

const FAULTS: Faults = {
  ...COMMON,
  'a page after': { fault: { kind: 'html' }, when: 'after' },
  truncated: { fault: { kind: 'truncated' } },
  'a hang after': { fault: { kind: 'hang' }, when: 'after' },
};

const UNREADABLE = ['a page', 'an empty answer', 'half an answer'] as const;
const toFault = (how: string) =>
  ({ kind: how === 'a page' ? 'html' : how === 'an empty answer' ? 'empty' : 'truncated' }) as const;

const NUMBER = '+551140001234';

const PERSONS = [
  { first_name: 'João', last_name: 'da Silva', document: '123.456.789-09' },
  { first_name: 'Maria', last_name: 'Souza', document: '987.654.321-00' },
];

/** Values of a line of a customer who pays on time, and of one who is blocked: in MagnusBilling a number. */
const toValues = (isStopped: boolean): { status: 'active' | 'suspended'; active: number } =>
  isStopped ? { status: 'suspended', active: 4 } : { status: 'active', active: 1 };

/** The number, by the name of its line. */
function readNumber(fake: FakeAstbilling): unknown {
  const { subscriberId, status } = fake.did(NUMBER);
  const line = fake.subscribers().find(({ id }) => id === subscriberId);
  return { line: line?.username ?? null, status, destinations: fake.destinations(NUMBER).length };
}

const link = (sluice: Sluice, { id }: SuiteService) => sluice.dids.link(NUMBER, { service: id });
const suspend = (sluice: Sluice, { id }: SuiteService) => sluice.provision.suspend(id, { withDids: true });
const unsuspend = (sluice: Sluice, { id }: SuiteService) => sluice.provision.unsuspend(id);
const linked = async (sluice: Sluice, service: SuiteService): Promise<void> => void (await link(sluice, service));
const OPERATIONS: Record<string, SuiteOperation<Sluice>> = {
  'a link of a number': { run: link },
  'a suspension with its number': { setUp: linked, run: suspend, reverse: unsuspend },
  'the end of a suspension with its number': {
    async setUp(sluice, service) {
      await linked(sluice, service);
      await done(suspend(sluice, service));
    },
    run: unsuspend,
    reverse: suspend,
  },
  'terminate with a number': {
    setUp: linked,
    run: (sluice, { id }) => sluice.provision.terminate(id, { forfeitUnbilled: true }),
  },
};

async function open(kind: string, clock: SuiteClock): Promise<PanelWorld> {
  const fake = await startFakeAstbilling({ now: clock.now });
  // A password that MagnusBilling has set can't be changed: one that is only shown is lost with its process.
  const writeTo = kind === 'magnusbilling' ? mkdtempSync(path.join(tmpdir(), 'sluice-engine-')) : null;
  fake.add('plans', { id: '11', name: 'Corporativo 30/6' });
  fake.add('plans', { id: '12', name: 'Grande' });
  fake.addDid({ number: NUMBER });
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
          ...(writeTo !== null && { credentials: { writeTo } }),
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
    state: () => ({
      lines: fake
        .subscribers()
        .filter(({ status }) => status !== 'terminated')
        .map(({ username, planId, channels, status, extra: { active } }) => ({
          ...{ username, planId, channels, status, active },
        })),
      number: readNumber(fake),
    }),
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
    async close() {
      if (writeTo !== null) rmSync(writeTo, { recursive: true, force: true });
      await fake.close();
    },
  };
}

/** Worlds of telephony: a line with a limit in money. */
export function telephonyWorlds(kind: 'astbilling' | 'magnusbilling'): PanelWorlds<Sluice> {
  return {
    limited: [{ name: 'capped', releases: ['day'] }],
    package: 'large',
    ways: toWays(FAULTS),
    unreadable: UNREADABLE,
    staffActs: ['remove'],
    stopsMeanwhile: 'until-read',
    fixedPasswords: kind === 'magnusbilling',
    operations: OPERATIONS,
    open: (clock) => open(kind, clock),
  };
}
