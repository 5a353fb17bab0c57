import { expect, it } from '@jest/globals';
import { startTelephonyBench, WIRES } from '../bench/telephony-bench.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startTelephonyBench);

it.each(WIRES.filter((wire) => wire !== 'magnusbilling'))(
  'the price of a number is set as people write it, on the wire %s',
  async (wire) => {
    await open({ wire });
    await at.addService();
    const set = (price: string) => at.sluice.dids.set('1140001234', { values: { monthly_price: price } });
    const done = { error: null, run: { outcome: 'done', changes: true }, actions: [{ state: 'applied' }] };
    expect(await set('30')).toMatchObject(done);
    expect(await set('30.000')).toMatchObject({ error: null, actions: [{ state: 'unneeded' }] });
    expect(await set('30.01')).toMatchObject(done);
  },
);
