import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LANGUAGES } from '@sluice/messages/languages';
import { type CallsBench, startCallsBench } from '../../../test/calls-bench.js';
import { findHardCoded } from '../../../test/hard-coded.js';
import { textOf } from '../../../test/page-texts.js';

let { at, voice, link } = {} as CallsBench;
beforeEach(async () => {
  ({ at, voice, link } = await startCallsBench('magnusbilling'));
});
afterEach(() => at.close());

/** Reads the page of the service, and that of its calls. */
async function readBoth(language = 'en'): Promise<[service: string, calls: string]> {
  // What is read is shown for a while.
  at.clock.advance(31_000);
  const read = async (path: string): Promise<string> => link.text(`/services/line-1${path}?language=${language}`);
  return [await read(''), await read('/calls')];
}

const line = () => voice.subscriber('ana9001');
const setLine = (billingType: 'prepaid' | 'postpaid', credit: string, creditlimit = 0): void => {
  const row = line();
  row.billingType = billingType;
  row.extra['credit'] = credit;
  row.extra['creditlimit'] = creditlimit;
};
const CREDIT =
  /can’t call others: its credit for calls is used up\. It can again once credit has been added\. Ask your provider/;
const LIMIT =
  /can’t call others: its credit limit for calls is used up\. It can again once your provider has added credit/;
const BLOCKED = /The line is blocked in the telephone system\. It works again once your provider has unblocked it/;

describe('a line that can’t call', () => {
  it('for want of prepaid credit says so, with what is left, until there is some', async () => {
    setLine('prepaid', '0.0000');
    for (const page of await readBoth()) expect(textOf(page)).toMatch(CREDIT);
    expect(textOf((await readBoth())[0])).toContain('Credit for calls 0.00 BRL');
    setLine('prepaid', '3.5000');
    const [service, calls] = (await readBoth()).map((page) => textOf(page));
    expect(service).toContain('Credit for calls 3.50 BRL');
    expect(`${service} ${calls}`).not.toMatch(/can’t call others|blocked/);
  });

  it('for its credit limit says so, and not how far it may go', async () => {
    setLine('postpaid', '-50.0000', 50);
    for (const page of await readBoth()) {
      expect(textOf(page)).toMatch(LIMIT);
      expect(textOf(page)).not.toMatch(/Credit for calls|50 BRL/);
    }
    setLine('postpaid', '-49.0000', 50);
    for (const page of await readBoth()) expect(textOf(page)).not.toContain('can’t call others');
  });

  it('since staff blocked it on the panel says so, in words of the catalogue', async () => {
    setLine('postpaid', '0.0000', 50);
    line().status = 'suspended';
    for (const page of await readBoth()) {
      expect(textOf(page)).toMatch(BLOCKED);
      expect(textOf(page).split('is blocked in the').length).toBe(2);
    }
    await at.sluice.credit.add('c-1', { amount: '9.00', currency: 'BRL' });
    const { bills } = await at.sluice.calls.bills({ service: 'line-1' });
    await at.sluice.invoices.pay(bills[0]?.invoice ?? '');
    expect(textOf((await readBoth())[0])).not.toContain('Everything is in order');
    const data = new Set(['line', 'UTC', 'BRL', 'CSV', 'America', 'Sao', 'Paulo', 'c', 'Sluice', 'Business', 'ana']);
    for (const page of await readBoth('fa')) expect(findHardCoded(page, data)).toEqual([]);
    for (const language of LANGUAGES) expect((await readBoth(language))[1]).toContain('id="now"');
  });

  it('since staff blocked it says so among several services, too', async () => {
    setLine('postpaid', '0.0000', 50);
    voice.addSubscriber({ id: '9003', username: 'ana9003', customer: '501', plan: '11' });
    const row = { panel: 'voice', product: 'line', status: 'active' };
    await at.sluice.services.add('line-3', { ...row, client: 'c-1', astbilling_subscriber_id: '9003' });
    const tile = async (): Promise<string> => {
      at.clock.advance(31_000);
      const tiles = (await link.text('/')).split('<li class="service ').slice(1);
      return tiles.find((html) => html.includes('/line-1')) ?? '';
    };
    expect(await tile()).not.toMatch(BLOCKED);
    line().status = 'suspended';
    expect(textOf(await tile())).toMatch(BLOCKED);
    expect(await tile()).toMatch(/^service-warning/);
  });

  it('since its service is restricted says why, and what ends that, once', async () => {
    setLine('postpaid', '0.0000', 50);
    await at.sluice.provision.suspend('line-1');
    for (const page of await readBoth()) {
      expect(textOf(page)).toContain('The service is restricted. An invoice is not paid.');
      expect(textOf(page)).toContain('The service comes back after the payment.');
      expect(textOf(page)).not.toMatch(BLOCKED);
    }
  });

  it('is not said to, where the panel does not answer', async () => {
    voice.server.inject({ fault: { kind: 'status', status: 500 } });
    for (const page of await readBoth()) expect(textOf(page)).not.toMatch(/can’t call others|blocked/);
  });
});
