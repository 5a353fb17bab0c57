import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FlvxBench, startFlvxBench } from './bench/flvx-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
  await at.create(1);
});
afterEach(() => at.close());

it.each(['a\u0000bcdefgh', 'abc\tdefgh', 'abc\u001b[31mdefgh', 'abc\u007fdefgh', 'abc\ndefgh'])(
  'a password with a control character is refused: %j',
  async (password) => {
    at.panel.server.clearCalls();
    await expect(at.bench.sluice.provision.changePassword('svc-1', { password })).rejects.toMatchObject({
      code: 'bad_password',
    });
    expect(at.panel.server.changingCalls()).toEqual([]);
  },
);
