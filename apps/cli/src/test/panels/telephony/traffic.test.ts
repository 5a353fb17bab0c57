import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { startTelephonyBench } from './telephony-bench.js';

const at = startForEachTest(() => startTelephonyBench());

const LEFT = '1 service of panels that count no bytes: left out\n';

it('lists of traffic leave out lines, which have no bytes', async () => {
  await at.addService();
  for (const words of ['usage top', 'usage traffic', 'usage top --by client', 'usage traffic --panel voice']) {
    const { stdout, exitCode } = await at.bench.sluice(words);
    expect([words, exitCode, stdout]).toEqual([words, 0, `No services whose bytes are counted.\n${LEFT}`]);
    const asked = `${words} --json`;
    const {
      total,
      services = total?.services,
      unknown = total?.unknown,
      withoutBytes,
    } = (await at.bench.sluice(asked)).json<{
      total?: { services: number; unknown: number };
      services?: number;
      unknown?: number;
      withoutBytes: number;
    }>();
    expect([asked, services, unknown, withoutBytes]).toEqual([asked, 0, 0, 1]);
  }
});
