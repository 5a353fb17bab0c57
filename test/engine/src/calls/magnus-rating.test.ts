import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startTelephonyBench } from '../bench/telephony-bench.js';

const at = useBench(() => startTelephonyBench({ wire: 'magnusbilling' }));

it('prices a call as MagnusBilling charges it, unless another reading of increments is asked for', async () => {
  const block = { initial_increment_seconds: 20, increment_seconds: 6, min_chargeable_seconds: 3 };
  at.panel.add('rates', { plan_id: '11', prefix: '5521', price_per_minute: '0.123457', connection_fee: '0', ...block });
  const price = async (seconds: number, incrementBase: 'after-initial' | null = null): Promise<unknown> => {
    const request = { destination: '+552133334444', plan: '11', seconds, incrementBase };
    const { billedSeconds, cost } = await at.sluice.calls.simulate(request);
    return [billedSeconds, cost];
  };
  expect(await price(21)).toEqual([24, '0.049383']);
  expect(await price(21, 'after-initial')).toEqual([26, '0.053498']);
  expect(await price(4)).toEqual([20, '0.041152']);
  expect(await price(3)).toEqual([0, '0.000000']);
});
