import { beforeAll, describe, expect, it } from '@jest/globals';
import { useBench } from '../test/dashboard-bench.js';
import { Link } from '../test/share-link.js';

const at = useBench();
const chinese = useBench({ config: { serve: { language: 'zh-CN' } } });
let link: Link;
beforeAll(async () => {
  await at.addService(1, 'c-1', 90);
  await chinese.addService(1, 'c-1', 90);
  await at.sluice.poll();
  link = await Link.open(at, { client: 'c-1', buy: true, manage: true });
});

type Bench = typeof at;

/** Returns the language and direction of a page, with what the answer sets. */
async function read(path: string, headers: Record<string, string> = {}, bench: Bench = at) {
  const answer = await bench.fetch(path, { headers });
  const page = await answer.text();
  const [, language, direction] = /<html lang="([^"]*)" dir="([^"]*)">/.exec(page) ?? [];
  return { language, direction, page, cookie: answer.headers.get('set-cookie') };
}

describe('the language of a customer’s page', () => {
  const home = (): string => `/share/${link.token}`;

  it('is that of the browser, else English', async () => {
    const persian = await read(home(), { 'accept-language': 'de, fa-IR;q=0.9, en;q=0.8' });
    expect([persian.language, persian.direction, persian.cookie]).toEqual(['fa', 'rtl', null]);
    expect(persian.page).toContain('سرویس‌های شما');
    expect(persian.page).toMatch(/<span class="number">۱۰ گیگابایت<\/span\s*>/);
    expect(persian.page).toContain('۹۰٪');
    const other = await read(home(), { 'accept-language': 'de' });
    expect([other.language, other.direction]).toEqual(['en', 'ltr']);
  });

  it('is the client’s own before that of the browser, and after what was chosen', async () => {
    await at.sluice.services.set('svc-1', { language: 'pt-BR' });
    expect((await read(home(), { 'accept-language': 'fa' })).language).toBe('pt-BR');
    expect((await read(home(), { cookie: 'sluice-language=zh-CN' })).language).toBe('zh-CN');
    await at.sluice.services.set('svc-1', { language: '' });
    expect((await read(home(), { 'accept-language': 'fa' })).language).toBe('fa');
  });

  it('is what its address names, which is remembered', async () => {
    const chosen = await read(`${home()}?language=pt-BR`, { 'accept-language': 'fa' });
    expect([chosen.language, chosen.direction]).toEqual(['pt-BR', 'ltr']);
    expect(chosen.cookie).toMatch(/^sluice-language=pt-BR; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/);
    const later = await read(home(), { 'accept-language': 'fa', cookie: 'sluice-language=pt-BR' });
    expect(later.language).toBe('pt-BR');
    const [unknown, hostile] = [await read(`${home()}?language=xx`), await read(`${home()}?language=fa%22%3E`)];
    expect([unknown.language, unknown.cookie, hostile.language, hostile.cookie]).toEqual(['en', null, 'en', null]);
  });

  it('can be chosen by plain links on each page, which keep the rest of the address', async () => {
    const { page } = await read(`${home()}/services/svc-1?range=7d`);
    const links = [...page.matchAll(/<a href="([^"]*)" lang="([^"]*)" hreflang/g)].map(([, href, lang]) => [
      lang,
      href,
    ]);
    const to = (language: string) => `${home()}/services/svc-1?range=7d&amp;language=${language}`;
    expect(links).toEqual(['en', 'fa', 'zh-CN', 'pt-BR'].map((language) => [language, to(language)]));
    expect(page).toMatch(/lang="en" hreflang="en"\s+aria-current="true"/);
    const refused = await (await link.post('/services/svc-1/auto-buy', { max: 'x' })).text();
    expect(refused).toContain(`href="${home()}/services/svc-1?language=fa"`);
  });

  it('is that of the config where neither is known, before that of the browser', async () => {
    const other = await Link.open(chinese, { client: 'c-1' });
    const { language, page } = await read(`/share/${other.token}`, { 'accept-language': 'fa' }, chinese);
    expect([language, page.includes('您的服务')]).toEqual(['zh-CN', true]);
    const chosen = await read(`/share/${other.token}?language=fa`, {}, chinese);
    expect(chosen.language).toBe('fa');
  });

  it('is that of its reader on the page of a dead link, and of no page', async () => {
    for (const path of [`/share/${'x'.repeat(43)}`, `${home()}/services/none`, `${home()}/nothing/here`]) {
      const { language, page } = await read(path, { 'accept-language': 'pt-BR' });
      expect([path, language, page.includes('Não encontrado')]).toEqual([path, 'pt-BR', true]);
    }
  });
});

it('pages of staff are English from left to right, whatever the browser asks for', async () => {
  const cookie = await at.login();
  for (const path of ['/', '/services/svc-1', '/login']) {
    const headers = { 'accept-language': 'fa', cookie: `${cookie}; sluice-language=fa` };
    const { language, direction, page } = await read(`${path}?language=fa`, headers);
    expect([path, language, direction, page.includes('hreflang')]).toEqual([path, 'en', 'ltr', false]);
  }
});
