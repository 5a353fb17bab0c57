import { readFileSync } from 'node:fs';
import { manualClock, type ManualClock } from '../../core/manual-clock.js';
import type { FakeAstbilling } from '../fake-astbilling.js';
import { type FakeAstbillingOptions, startFakeAstbilling } from '../start-fake-astbilling.js';

export type Json = Record<string, unknown>;

/** A file of `fixtures/astbilling`, without the notes about HTTP. */
export function fixture(name: string): Json {
  const url = new URL(`../../../fixtures/astbilling/${name}.json`, import.meta.url);
  const { _http, ...body } = JSON.parse(readFileSync(url, 'utf8')) as Json;
  return body;
}

export interface Example {
  readonly fake: FakeAstbilling;
  readonly clock: ManualClock;
}

/** A fake with the customer, the plans, the rates and the carrier of the fixtures. */
export async function startExample(options: FakeAstbillingOptions = {}): Promise<Example> {
  const clock = manualClock('2026-02-03T10:12:00-03:00');
  const fake = await startFakeAstbilling({
    now: clock.now,
    key: 'demo-key-000000001',
    secret: 'demo-secret-00000001',
    ...options,
  });
  fake.addCustomer({ id: '501', name: 'João da Silva', document: '12345678909' });
  for (const plan of fixture('plans.list').data as Json[]) fake.add('plans', plan);
  fake.add('carriers', { id: '21', name: 'Operadora Exemplo A', code: 'EXA', csp: '99' });
  for (const rate of fixture('rates.list').data as Json[]) fake.add('rates', rate);
  return { fake, clock };
}

/** The line of the fixtures. */
export function addLine(fake: FakeAstbilling): string {
  return fake.addSubscriber({
    id: '9001',
    username: 'joao1042',
    customer: '501',
    plan: '11',
    channels: 2,
    callerId: '+551133330000',
    externalRef: 'whmcs:service:311',
  });
}

/** The seven calls of October in the fixtures. */
export function addCalls(fake: FakeAstbilling): Json[] {
  const rows = ['cdrs.period.page1', 'cdrs.period.page2'].flatMap((name) => fixture(name).data as Json[]);
  for (const row of rows) addCall(fake, row);
  return rows;
}

/** Adds a call as the default wire writes it. */
export function addCall(fake: FakeAstbilling, row: Json): void {
  const text = (name: string): string => row[name] as string;
  const talkSeconds = row.talk_seconds as number;
  fake.addCall({
    id: text('id'),
    subscriber: text('subscriber_id'),
    startedAt: text('started_at'),
    ringSeconds: (row.duration_seconds as number) - talkSeconds,
    talkSeconds,
    billedSeconds: row.billed_seconds as number,
    charge: text('charge'),
    pricePerMinute: text('price_per_minute'),
    direction: row.direction as 'inbound',
    source: text('source'),
    destination: text('destination'),
    description: text('destination_description'),
    did: text('did'),
    rate: text('rate_id'),
    prefix: text('prefix'),
    disposition: text('disposition'),
    uniqueId: text('unique_id'),
  });
}

export interface Answer {
  readonly status: number;
  readonly json: Json;
  readonly text: string;
  readonly headers: Headers;
}

/** Sends one request. */
export async function send(url: string, options: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, options);
  const text = await answer.text();
  return { status: answer.status, json: parsed(text), text, headers: answer.headers };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
