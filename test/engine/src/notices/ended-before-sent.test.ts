import { beforeEach, expect, it } from '@jest/globals';
import { SluiceError } from '@sluice/panel-kind';
import { keepMessages } from '../bench/client-channel.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

/** Codes of notices that the receiver refuses. */
const refused = new Set<string>();
const kept = keepMessages();
const pager = {
  ...kept.kind,
  ends: { release: 'hold' },
  open: async (...parts: Parameters<typeof kept.kind.open>) => {
    const opened = await kept.kind.open(...parts);
    return {
      ...opened,
      send: (message: Parameters<typeof opened.send>[0]) =>
        refused.has(message.code)
          ? Promise.reject(new SluiceError('receiver_refused', 'The receiver answered HTTP 500'))
          : opened.send(message),
    };
  },
};
beforeEach(() => {
  refused.clear();
});

const at = useBench(() => startEasyDcimBench('notify: [{ hook: x, events: [hold, release] }]', { channels: [pager] }));

const sent = (): string[] => kept.sent.map(({ code }) => code);

async function holdAndRelease(): Promise<void> {
  await at.addService(1);
  at.use(1, 120);
  await at.poll();
  await at.sluice.overrides.set('svc-1', { quota: '500GB' });
  at.bench.clock.advance(1000);
  await at.poll();
}

it('what a receiver refused is not sent after its end, which would open it again', async () => {
  refused.add('hold');
  await holdAndRelease();
  expect(sent()).toEqual(['release']);
  refused.clear();
  await at.pollAfter(HOUR);
  at.use(1, 500);
  await at.poll();
  expect(sent()).toEqual(['release', 'hold']);
});

it('waits for the end to be acknowledged', async () => {
  refused.add('hold').add('release');
  await holdAndRelease();
  expect(sent()).toEqual([]);
  refused.clear();
  await at.pollAfter(HOUR);
  expect(sent().at(-1)).toBe('release');
});
