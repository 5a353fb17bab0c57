import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { openImports, toRows } from './imports.js';

const bench = useBench(openImports);

const BARE = { panel: 'vpn', product: 'vpn', client: '42' };
const SARA = { client_name: 'سارا رضایی', client_email: 'sara@example.com', language: 'fa' };

const show = async (): Promise<object> => {
  const { name, clientName, clientEmail, language } = await bench.sluice.services.show('svc-1');
  return { name, clientName, clientEmail, language };
};

it('are set, shown, exported and imported again', async () => {
  await bench.sluice.services.add('svc-1', { ...BARE, ...SARA, language: 'Farsi', name: ' Web  server Paris ' });
  const stored = {
    name: 'Web server Paris',
    clientName: SARA.client_name,
    clientEmail: SARA.client_email,
    language: 'fa',
  };
  expect(await show()).toEqual(stored);
  const exported = await bench.sluice.services.export();
  expect(exported).toMatchObject([{ id: 'svc-1', name: 'Web server Paris', ...SARA }]);
  const rows = exported.map((values, line) => ({ line, values }));
  expect((await bench.sluice.services.import(rows)).totals).toMatchObject({ changed: 0, unchanged: 1 });
  await bench.sluice.services.set('svc-1', { name: '', client_name: '', client_email: '', language: '' });
  expect(await show()).toEqual({ name: null, clientName: null, clientEmail: null, language: null });
});

it('stay where the columns of an older export are absent', async () => {
  await bench.sluice.services.add('svc-1', { ...BARE, ...SARA, name: 'Paris' });
  const before = await show();
  await bench.sluice.services.import(toRows('id,panel,product,client', ['svc-1,vpn,vpn,42']));
  expect(await show()).toEqual(before);
});

it('end with the client, which may have given the service its name', async () => {
  await bench.sluice.services.add('svc-1', { ...BARE, ...SARA, name: 'Paris' });
  await bench.sluice.services.import(toRows('id,panel,product,client', ['svc-1,vpn,vpn,43']));
  expect(await show()).toEqual({ name: null, clientName: null, clientEmail: null, language: null });
  await bench.sluice.services.set('svc-1', { language: 'en', name: 'Lyon', client: '44', client_name: 'Bia' });
  expect(await show()).toEqual({ name: 'Lyon', clientName: 'Bia', clientEmail: null, language: 'en' });
});

describe('texts from outside', () => {
  it.each([
    ['a\nb', 'a b'],
    ['\u001B[31mred', '[31mred'],
    ['safe\u202Egnp.exe', 'safe gnp.exe'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['=cmd', '=cmd'],
    ['می\u200Cخواهم', 'می\u200Cخواهم'],
    ['\u202E\u0007', null],
  ])('%j is stored as %j', async (name, stored) => {
    await bench.sluice.services.add('svc-1', { ...BARE, name, client_name: name });
    expect(await show()).toMatchObject({ name: stored, clientName: stored });
  });

  it.each([
    ['name', 'x'.repeat(300), 'name has 300 characters: use at most 200'],
    ['client_name', '☃'.repeat(201), 'client_name has 201 characters: use at most 200'],
    ['client_email', 'Sara <sara@example.com>', 'is not a valid client_email'],
    ['client_email', 'a@b.example,c@d.example', 'is not a valid client_email'],
    ['client_email', 'a@b.example\r\nBcc:x@y.example', 'is not a valid client_email'],
    ['language', 'german', 'is not a valid language: use one of en, fa, zh-CN, pt-BR'],
  ])('%s of %j is refused', async (key, text, message) => {
    await expect(bench.sluice.services.add('svc-1', { ...BARE, [key]: text })).rejects.toMatchObject({
      code: 'bad_service',
      details: { problems: [expect.stringContaining(message)] },
    });
  });
});

it('are found by the list', async () => {
  await bench.sluice.services.add('svc-1', { ...BARE, ...SARA, name: 'Web server Paris' });
  await bench.sluice.services.add('svc-2', { ...BARE, name: 'Berlin' });
  const found = async (search: string): Promise<string[]> =>
    (await bench.sluice.services.list({ search })).services.map(({ id }) => id);
  expect([await found('paris'), await found('SARA@'), await found('رضا')]).toEqual([['svc-1'], ['svc-1'], ['svc-1']]);
});
