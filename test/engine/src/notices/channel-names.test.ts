import { expect, it } from '@jest/globals';
import { keepMessages } from '../bench/client-channel.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';

const channel = keepMessages();
const NOTIFY = 'notify: [{ name: ops, hook: x }, { name: night, hook: x }]';
const at = useBench(() => startEasyDcimBench(NOTIFY, { channels: [channel.kind] }));

it('a channel that the config does not name is refused with the known names, once', async () => {
  await expect(at.sluice.notices.test('nosuch')).rejects.toMatchObject({
    message: 'There is no channel "nosuch"; known: ops, night',
  });
  await expect(at.sluice.notices.test('nihgt')).rejects.toMatchObject({
    message: 'There is no channel "nihgt"; did you mean "night"?',
  });
});
