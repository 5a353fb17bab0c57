import { beforeAll, describe, expect, it } from '@jest/globals';
import { startBench, useBench } from '../../test/dashboard-bench.js';
import { extractMain, textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

const SENTENCE =
  'No run over panel dcim changed anything since 20 Nov 2026 12:00 UTC+0: the last run would have changed 3 of 4 services at once, and the brake stopped it.';
interface Row {
  id: string;
}
const USED_UP = ['svc-1', 'svc-2', 'svc-3'];

const at = useBench();
let cookie: string;
let reader: string;

beforeAll(async () => {
  for (const number of [1, 2, 3]) await at.addService(number, 'c-1', 195);
  await at.addService(4, 'c-1', 10);
  await at.sluice.poll();
  cookie = await at.login();
  reader = await at.token('read');
});

const read = (path: string): Promise<string> => at.page(path, cookie);

/** Sends the form with this button, as a browser would. */
async function submit(path: string, button: string): Promise<Response> {
  const page = await read(path);
  const forms = page.match(/<form[\s\S]*?<\/form>/g) ?? [];
  const form = forms.find((each) => textOf(each) === button) ?? '';
  const action = /action="([^"]*)"/.exec(form)?.[1] ?? '';
  const inputs = [...form.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)];
  const fields = Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]));
  return at.fetch(action, { method: 'POST', cookie, body: new URLSearchParams(fields) });
}

/** Starts the run of a form, and returns its page once it has ended. */
async function run(path: string, button: string): Promise<string> {
  const started = await submit(path, button);
  const page = started.headers.get('location') ?? '';
  const task = page.split('/').at(-1) ?? '';
  await (await at.fetch(`/api/v1/runs/${task}/events`, { token: reader })).text();
  return read(page);
}

describe('while the brake stopped the last run of a panel', () => {
  it.each(['/', '/panels', '/panels/dcim', '/services/svc-1'])(
    '%s begins with it and with the ways out',
    async (path) => {
      const page = await read(path);
      const said = textOf(page.replace(/^[\s\S]*?<\/h1>/, ''));
      expect(said.slice(0, SENTENCE.length + 80)).toContain(SENTENCE);
      expect(page).toContain('notice-bad');
      for (const way of ['Review the changes', 'href="/panels/dcim/allow-once"', 'href="/panels/dcim/observe"'])
        expect(page).toContain(way);
    },
  );

  it('a service that was never metered since says that the brake stopped its first run', async () => {
    const page = await read('/services/svc-1');
    expect(page).toContain('The brake stopped the run that would have opened its first cycle');
    expect(page).not.toContain('not been metered in any cycle');
  });

  it('a service under observe has no banner', async () => {
    const tried = { panel: 'dcim', quota: { total: '100GB' }, action: 'disable-ports', enforce: 'observe' };
    const own = await startBench({ products: { tried } });
    try {
      for (const number of [1, 2, 3, 4]) await own.addService(number, 'c-1', 195);
      await own.sluice.services.set('svc-4', { product: 'tried' });
      await own.sluice.poll();
      const seen = await own.login();
      const [braked = '', observed = ''] = await Promise.all(
        ['svc-1', 'svc-4'].map(async (id) => textOf(await own.page(`/services/${id}`, seen))),
      );
      expect(
        ['No run over panel', 'Allow them once'].map((text) => [braked, observed].map((page) => page.includes(text))),
      ).toEqual([
        [true, false],
        [true, false],
      ]);
      expect(observed).toContain('It is under observe on panel dcim, so nothing was changed');
    } finally {
      await own.close();
    }
  });

  it('a hold that is due to end says that the brake keeps it, to its client, too', async () => {
    const own = await startBench({
      config: { poll: { doubt: { jump: 'off' }, brake: { share: '10%', atLeast: 2 } } },
    });
    try {
      for (const number of [1, 2, 3]) await own.addService(number, 'c-1', 195);
      await own.sluice.poll({ allowMass: true });
      for (const number of [1, 2, 3]) await own.sluice.overrides.set(`svc-${number}`, { quota: '500GB' });
      own.clock.advance(3_600_000);
      await own.sluice.poll();
      const page = textOf(await own.page('/services/svc-1', await own.login()));
      expect(page).toContain('No run over panel dcim changed anything');
      expect(page).toMatch(/is held since .* No run over panel dcim changed anything since/);
      const link = await Link.open(own, { client: 'c-1' });
      expect(textOf(await link.text('/services/svc-1'))).toContain('It comes back once your provider allows that.');
    } finally {
      await own.close();
    }
  });

  it('a hold for a bill that is paid again is not called unpaid, for its client neither', async () => {
    const own = await startBench({ config: { poll: { brake: { share: '10%', atLeast: 2 } } } });
    try {
      const numbers = [1, 2, 3];
      for (const number of numbers) await own.addService(number, 'c-1', 20);
      for (const number of numbers) await own.sluice.services.set(`svc-${number}`, { status: 'suspended' });
      await own.sluice.poll({ allowMass: true });
      const [staff, link] = [await own.login(), await Link.open(own, { client: 'c-1' })];
      const read = async () => [
        textOf(await own.page('/services/svc-1', staff)),
        textOf(await link.text('/services/svc-1')),
      ];
      expect(await read()).toEqual([
        expect.stringContaining('its bill is not paid'),
        expect.stringContaining('The service is restricted. An invoice is not paid.'),
      ]);
      for (const number of numbers) await own.sluice.services.set(`svc-${number}`, { status: 'active' });
      own.clock.advance(3_600_000);
      await own.sluice.poll();
      const [page = '', customers = ''] = await read();
      expect(page).toContain('its bill was not paid, which is no longer a reason to hold it');
      expect(customers).toContain('An invoice was not paid, which is no longer a reason to restrict it');
      expect(page).toMatch(/is held since .* No run over panel dcim changed anything since/);
      expect(customers).toContain('It comes back once your provider allows that.');
      expect(page + customers).not.toMatch(/is not paid/);
      expect(await own.sluice.explain('svc-1')).toMatchObject({ service: { unpaid: false } });
    } finally {
      await own.close();
    }
  });

  it('a service that it does not concern has no banner', async () => {
    expect(textOf(await read('/services/svc-4'))).not.toContain('No run over panel');
  });

  it('who may not change anything reads the commands in place of buttons', async () => {
    const cookieOfReader = await at.login(reader);
    const page = await at.page('/', cookieOfReader);
    expect(textOf(page)).toContain(SENTENCE);
    expect(textOf(page)).toContain('sluice poll --panel dcim --allow-mass');
    expect(page).not.toContain('allow-once');
  });

  it('nothing that is over its allowance is green', async () => {
    const page = await read('/');
    const rows = [...page.matchAll(/<tr>[\s\S]*?<\/tr>/g)].map(([row]) => row).filter((row) => row.includes('195%'));
    expect(rows).toHaveLength(USED_UP.length);
    for (const row of rows) {
      expect(textOf(row)).toContain('would be held');
      expect(row).not.toMatch(/badge-good|bar-good/);
    }
    expect(textOf(page)).toMatch(/Held 0 no open hold Would be held 3 the brake stopped the run/);
  });

  it('lists can be filtered by what would be held', async () => {
    for (const path of ['/services?status=would-be-held', '/overview?status=would-be-held']) {
      const answer = await at.fetch(`/api/v1${path}`, { token: reader });
      expect([path, answer.status]).toEqual([path, 200]);
      const { services } = (await answer.json()) as { services: Row[] | { items: Row[] } };
      expect((Array.isArray(services) ? services : services.items).map(({ id }) => id).sort()).toEqual(USED_UP);
    }
    const wrong = await at.fetch('/api/v1/overview?status=helt', { token: reader });
    expect(wrong.status).toBe(400);
    const whole = await read('/');
    expect(whole).toMatch(/<option value="would-be-held"\s*>would be held</);
    for (const page of [whole, await read('/panels/dcim')]) expect(page).toMatch(/href="[^"]*status=would-be-held"/);
    const rows = (await read('/?status=would-be-held')).matchAll(/href="\/services\/(svc-\d)"/g);
    expect([...new Set([...rows].map(([, id]) => id))].sort()).toEqual(USED_UP);
  });

  it('is one row among the errors and notices, however many runs it stops', async () => {
    const messages = async () => {
      const answer = await at.fetch('/api/v1/overview', { token: reader });
      const { events } = (await answer.json()) as { events: { message: string }[] };
      return events.map(({ message }) => message);
    };
    const stopped = [expect.stringContaining('3 of 4 services would be held')];
    expect(await messages()).toEqual(stopped);
    at.clock.advance(3_600_000);
    await at.sluice.plan();
    await at.sluice.poll();
    expect(await messages()).toEqual(stopped);
  });

  it('the page of a run says what would be, and the preview too', async () => {
    const pages = [await run('/', 'Review the changes'), await run('/runs/start?command=poll&panel=dcim', 'Poll now')];
    for (const page of pages) {
      const said = textOf(page);
      expect(said).toContain('No run over panel dcim changed anything');
      expect(said).toMatch(/Held now 0/);
      expect(said).toMatch(/Would be held 3/);
      expect(said).toMatch(/Changes made 0/);
      expect(said).toMatch(/Changes planned 6/);
      expect(said).toMatch(/svc-1 would be held quota/);
      expect(page).not.toMatch(/badge[^>]*>held</);
    }
    expect(textOf(pages[0] ?? '')).toContain('a preview: nothing was changed');
  });

  it('the overview inside the billing system says it, with the commands', async () => {
    const answer = await at.fetch('/api/v1/embedded/overview', { token: reader });
    const { parts } = (await answer.json()) as { parts: { html: string }[] };
    const said = textOf(parts[0]?.html ?? '');
    expect(said.startsWith('No run over panel dcim changed anything since')).toBe(true);
    expect(said).toContain('sluice plan --panel dcim');
    expect(parts.map(({ html }) => html).join('')).not.toMatch(/<form|allow-once/);
  });

  it('its client reads that the traffic is used up, and never of a restriction', async () => {
    const link = await Link.open(at, { client: 'c-1' });
    for (const path of ['', '/services/svc-1']) {
      const page = extractMain(await (await at.fetch(`/share/${link.token}${path}`)).text());
      const said = textOf(page);
      expect(said).toContain('used up');
      expect(said).not.toMatch(/restricted|brake|would be|\bheld\b/);
    }
    const own = extractMain(await (await at.fetch(`/share/${link.token}/services/svc-1`)).text());
    expect(own).not.toMatch(/badge-good|bar-good/);
  });

  it('the pages that ask say what follows, and how to go back', async () => {
    const allow = textOf(await read('/panels/dcim/allow-once'));
    expect(allow).toContain('No run over panel dcim changed anything since');
    expect(allow).toContain('the brake does not stop it');
    expect(allow).toContain('Back to the panel');
    const observe = textOf(await read('/panels/dcim/observe'));
    expect(observe).toContain('change nothing on the panel, until sluice enforce dcim');
    expect((await at.fetch('/panels/none/observe', { cookie })).status).toBe(404);
    const cookieOfReader = await at.login(reader);
    expect((await at.fetch('/panels/dcim/allow-once', { cookie: cookieOfReader })).status).toBe(403);
  });

  it('ends with observe, and with what is allowed once', async () => {
    const observed = await submit('/panels/dcim/observe', 'Observe panel dcim');
    expect(textOf(await observed.text())).toContain('change nothing on the panel, until sluice enforce dcim.');
    await at.sluice.poll();
    expect(textOf(await read('/'))).not.toContain('No run over panel');
    expect(textOf(await read('/'))).toMatch(/Would be held 3 under observe/);
    await at.sluice.panels.enforce('dcim');
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    expect(textOf(await read('/'))).toContain('No run over panel dcim changed anything');
    const allowed = textOf(await run('/panels/dcim/allow-once', 'Allow the changes of panel dcim once'));
    expect(allowed).toMatch(/Held now 3/);
    expect(allowed).not.toContain('No run over panel');
    expect(textOf(await read('/'))).toMatch(/Held 3 3 quota/);
  });
});

describe('while a panel does not answer', () => {
  it('its pages begin with that, and what is not read is one figure everywhere', async () => {
    await at.addService(5, 'c-1', 10);
    await at.sluice.services.set('svc-5', { status: 'terminated' });
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    const down =
      /^Panel dcim is down since .*? Until it answers, its 4 services can be neither read, held nor released: they are shown as last read, and 3 stay held or to be restricted\. Last error: /;
    for (const path of ['/', '/panels', '/panels/dcim'])
      expect(textOf((await read(path)).replace(/^[\s\S]*?<\/h1>/, ''))).toMatch(down);
    const page = await read('/');
    expect(textOf(page)).toMatch(/Failed or not read 4 in the last run/);
    expect(page).toContain('href="/?status=not-read"');
    const list = async (path: string) => (await at.fetch(`/api/v1${path}`, { token: reader })).json();
    expect(await list('/services?status=not-read&limit=1')).toMatchObject({ total: 4 });
    expect(await list('/overview?status=not-read')).toMatchObject({
      totals: { failing: 4 },
      panels: [{ failing: 4 }],
      services: { matching: 4 },
    });
  });

  it('the overview begins with the worst, and calls kinds of panels by their names', async () => {
    const page = await read('/');
    const rows = [...page.matchAll(/<th scope="row" ?><a href="\/services\/(svc-\d)"/g)].map(([, id]) => id);
    expect(rows.slice(0, 4)).toEqual([...USED_UP, 'svc-4']);
    for (const path of ['/', '/panels', '/panels/dcim']) {
      const text = await read(path);
      expect([text.includes('EasyDCIM'), text.includes('>easydcim<')]).toEqual([true, false]);
    }
  });

  it('dates of forms are written as ISO dates', async () => {
    const page = await read('/services/svc-1');
    expect(page).not.toContain('type="date"');
    expect(page).toMatch(/name="until"[^>]*placeholder="YYYY-MM-DD"[^>]*pattern="\\d\{4\}-\\d\{2\}-\\d\{2\}"/);
  });
});
