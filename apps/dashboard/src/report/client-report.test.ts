import { expect, it } from '@jest/globals';
import { GB, useBenchForEach } from '../test/dashboard-bench.js';
import { findHardCoded } from '../test/hard-coded.js';
import { readReport, reportHtml } from './index.js';

const HOUR = 3_600_000;
/** What is from outside, or a name. */
const DATA = new Set(['Sluice', 'UTC', 'svc', 'dcim', 'c', 'Ana', 'GB']);

const at = useBenchForEach({ products: { bare: { panel: 'dcim' } } });

async function write(client: string): Promise<string> {
  const report = await readReport(at.sluice, { client, now: at.clock.now() });
  let page = '';
  for await (const part of reportHtml(at.sluice, report)) page += part;
  return page;
}

async function use(gb: number, hours = 1): Promise<void> {
  for (let hour = 0; hour < hours; hour++) {
    at.panel.addTraffic(501, { in: (gb / hours) * GB, out: 0 });
    at.clock.advance(HOUR);
    await at.sluice.poll();
  }
}

it('is in the language of its client, without a text that is from no catalogue', async () => {
  at.clock.set('2026-11-14T00:00:00Z');
  for (const number of [1, 2]) await at.addService(number, 'c-1');
  await at.sluice.services.set('svc-1', { next_due_date: '2026-11-15', language: 'farsi' });
  await use(20, 8);
  expect(findHardCoded(await write('c-1'), DATA)).toEqual([]);
  at.clock.set('2026-11-16T12:00:00Z');
  await at.sluice.services.set('svc-1', { next_due_date: '2026-12-15' });
  await use(120, 8);
  const page = await write('c-1');
  expect(findHardCoded(page, DATA)).toEqual([]);
  expect(page).toContain('<html lang="fa" dir="rtl">');
  expect(page).toContain('گزارش مصرف');
  // Past periods, by the calendar of the language.
  expect(page).toMatch(/۲۴ آبان ۱۴۰۵/);
  await at.sluice.services.set('svc-1', { language: 'chinese' });
  expect(findHardCoded(await write('c-1'), new Set([...DATA, 'MB', 'Mbit', 'kbit', 's', 'B']))).toEqual([]);
});

it('is in English where no language is known, and a name in it is no markup', async () => {
  await at.addService(1, 'c-1', 10);
  await at.sluice.services.set('svc-1', { client_name: '<b>Ana</b>', name: '<i>Web</i>' });
  await at.sluice.poll();
  const page = await write('c-1');
  expect(page).toContain('<html lang="en">');
  expect(page).toContain('<title>Usage report of &lt;b&gt;Ana&lt;/b&gt;');
  expect(page).not.toMatch(/<b>Ana|<i>Web/);
});

it('reads the services of its client once', async () => {
  for (const number of [1, 2]) await at.addService(number, 'c-1');
  const report = await readReport(at.sluice, { client: 'c-1', now: at.clock.now() });
  let lists = 0;
  const services = new Proxy(at.sluice.services, {
    get: (target, key) => {
      if (key === 'list') lists++;
      return Reflect.get(target, key, target) as unknown;
    },
  });
  for await (const _ of reportHtml({ ...at.sluice, services }, report));
  expect(lists).toBe(1);
});
