import { expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { useOpened } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';

const channel = keepMessages();
const mail = { ...channel.kind, clientAddress: 'email' as const };
const [at, start] = useOpened((kind: typeof mail | typeof channel.kind, draws: Uint8Array | null) =>
  startEasyDcimBench(TO_CLIENTS, { channels: [kind], drawPicture: () => Promise.resolve(draws) }),
);

it.each([
  [
    'says that mails to clients have no charts, and what draws them',
    mail,
    null,
    /no charts: .*install @resvg\/resvg-js/,
  ],
  ['says nothing where the charts can be drawn', mail, new Uint8Array([1]), /^$/],
  ['says nothing of channels that show none', channel.kind, null, /^$/],
])('doctor %s', async (_what, kind, draws, message) => {
  await start(kind, draws);
  const { checks } = await at.sluice.panels.doctor();
  expect(checks.filter(({ name }) => name === 'notices')).toEqual([
    expect.objectContaining({ status: 'ok', message: expect.stringMatching(message) }),
  ]);
});
