import { expect, it } from '@jest/globals';
import { LANGUAGES } from '@sluice/messages/languages';
import { keepMessages } from '../bench/client-channel.js';
import { useOpened } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const channel = keepMessages();
const PAGES = 'https://pages.example.com';
const [at, open] = useOpened((link: string) =>
  startEasyDcimBench(
    `serve: { publicUrl: "${PAGES}" }
notify: [{ name: ops, hook: x, for: operator }, { name: clients, hook: x, for: client${link} }]`,
    { channels: [channel.kind] },
  ),
);

const links = (reader: 'client' | 'operator'): unknown[] =>
  channel.sent.filter((message) => message.for === reader && message.event === 'hold').map(({ data }) => data.link);

it('leads operators to the page of the service, and clients nowhere where no page is known', async () => {
  await open('');
  await at.addService(1, { product: 'order', values: { client: '42' } });
  at.use(1, 120);
  await at.poll();
  expect([links('operator'), links('client')]).toEqual([[`${PAGES}/services/svc-1`], [null]]);
});

it('leads clients to the address that the channel states, of the one whom the notice is about', async () => {
  await open(', link: "https://my.example.com/?s={service}&c={client}"');
  await at.addService(1, { product: 'order', values: { client: 'a&b' } });
  channel.down = true;
  at.use(1, 120);
  await at.poll();
  await at.sluice.services.set('svc-1', { client: '99' });
  channel.down = false;
  at.bench.clock.advance(HOUR);
  await at.sluice.notices.send();
  expect(links('client')).toEqual(['https://my.example.com/?s=svc-1&c=a%26b']);
});

it('leads clients to pages that only read, and offers no purchase in any language', async () => {
  await open(', link: share');
  for (const [index, language] of LANGUAGES.entries())
    await at.addService(index + 1, { product: 'order', values: { client: `c-${index}`, language } });
  for (const index of LANGUAGES.keys()) at.use(index + 1, 120);
  await at.poll({ allowMass: true });
  const held = channel.sent.filter((message) => message.for === 'client' && message.event === 'hold');
  expect(held.map(({ view }) => view.language).sort()).toEqual([...LANGUAGES].sort());
  for (const { data, view } of held) {
    expect(data.link).toMatch(/^https:\/\/pages\.example\.com\/share\/[\w-]{43}\/services\/svc-\d\?language=/);
    expect(view.link).toEqual({ text: OPEN[view.language as keyof typeof OPEN], href: data.link });
  }
  const { tokens } = await at.sluice.access.list();
  expect(tokens.map(({ kind, rights }) => [kind, rights])).toEqual(
    LANGUAGES.map(() => ['share', { buy: false, maxAmount: null, manage: false, changePassword: false }]),
  );
});

/** What the link is called: it promises no more than to show the service. */
const OPEN = { en: 'See the service', fa: 'مشاهدهٔ سرویس', 'zh-CN': '查看服务', 'pt-BR': 'Ver o serviço' } as const;

it('leads the former client of a service to no page of it', async () => {
  await open(', link: share');
  await at.addService(1, { product: 'order', values: { client: '42' } });
  channel.down = true;
  at.use(1, 120);
  await at.poll();
  await at.sluice.services.set('svc-1', { client: '99' });
  channel.down = false;
  at.bench.clock.advance(HOUR);
  await at.sluice.notices.send();
  expect(links('client')).toEqual([null]);
});
