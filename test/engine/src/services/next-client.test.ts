import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { openImports } from './imports.js';

const bench = useBench(openImports);

const PERSON = { document: '12345678909', email: 'ana@example.com', first_name: 'Ana', last_name: 'Silva' };
const LINE = { ddd: '11', channels: '2' };

const fields = async (): Promise<Record<string, string>> => (await bench.store.services.get('svc-1'))?.fields ?? {};

const ways: Record<string, (values: Record<string, string>) => Promise<unknown>> = {
  'service set': (values) => bench.sluice.services.set('svc-1', values),
  'service set --where': (values) => bench.sluice.services.setWhere([['id', 'svc-1']], values),
  'an import': (values) => bench.sluice.services.import([{ line: 1, values: { ...values, id: 'svc-1' } }]),
};

describe.each(Object.entries(ways))('the next client by %s', (_name, change) => {
  beforeEach(() =>
    bench.sluice.services.add('svc-1', { panel: 'vpn', product: 'vpn', client: '42', ...PERSON, ...LINE }),
  );

  it('has no address, name or document of the former one', async () => {
    await change({ client: '43' });
    expect(await fields()).toEqual(LINE);
  });

  it('has its own, also where it shares one', async () => {
    await change({ email: PERSON.email, first_name: 'Bia', client: '43' });
    expect(await fields()).toEqual({ ...LINE, email: PERSON.email, first_name: 'Bia' });
  });

  it('has those that are set before it is named', async () => {
    await change({ client: '' });
    expect(await fields()).toEqual(LINE);
    await change({ email: 'bia@example.com' });
    await change({ client: '43' });
    expect(await fields()).toEqual({ ...LINE, email: 'bia@example.com' });
  });

  it('is the same one where it is stated again', async () => {
    await change({ client: '42', channels: '3' });
    expect(await fields()).toEqual({ ...PERSON, ...LINE, channels: '3' });
  });
});
