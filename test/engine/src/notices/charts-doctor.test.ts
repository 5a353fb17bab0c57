import { expect, it } from '@jest/globals';
import { keepMessages, TO_CLIENTS } from '../bench/client-channel.js';
import { useOpened } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';

const channel = keepMessages();
const mail = { ...channel.kind, clientAddress: 'email' as const };
const DIGEST = 'notify: [{ hook: x, events: [digest] }]';
const TO_STAFF = 'notify: [{ hook: x }]';
const [at, start] = useOpened((kind: typeof mail | typeof channel.kind, draws: Uint8Array | null, config: string) =>
  startEasyDcimBench(config, { channels: [kind], drawPicture: () => Promise.resolve(draws) }),
);

it.each([
  [
    'says that mails to clients have no charts, and what draws them',
    mail,
    null,
    TO_CLIENTS,
    /no charts: .*install @resvg\/resvg-js/,
  ],
  ['says the same of mails with the digest', mail, null, DIGEST, /no charts: /],
  ['says nothing of other mails to staff', mail, null, TO_STAFF, /^$/],
  ['says nothing where the charts can be drawn', mail, new Uint8Array([1]), TO_CLIENTS, /^$/],
  ['says nothing of channels that show none', channel.kind, null, TO_CLIENTS, /^$/],
])('doctor %s', async (_what, kind, draws, config, message) => {
  await start(kind, draws, config);
  const { checks } = await at.sluice.panels.doctor();
  expect(checks.filter(({ name }) => name === 'notices')).toEqual([
    expect.objectContaining({ status: 'ok', message: expect.stringMatching(message) }),
  ]);
});
