import { expect } from '@jest/globals';
import type { Because, BecauseCode, Explanation, ServiceDetail } from '@sluice/engine';
import { openSurfaces, type Surfaces } from '../surfaces/world.js';

type Opened = Parameters<typeof openSurfaces>;

const CLIENT = 'c-1';

const OWN_PAGE = "client's page";

/** Every code that a scene has produced, for its operator and for the client. */
export const SEEN = { operator: new Set<BecauseCode>(), client: new Set<BecauseCode>() };

/** What no client may read: the panel, staff, and what the brake counts. */
const SECRET = /dcim|vpn|relay|brake|operator|sluice|allow-mass|staff|config|north|901|7\d\d\d/;

/** Returns the parts of a text that stand on every surface as they are: between instants, dates and sentences. */
function partsOf(text: string): string[] {
  return text
    .split(/\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?|[\da-f]{8}-[\da-f-]{27}|[.;:] ?/)
    .map((part) => part.replaceAll(/\s+/g, ' ').trim())
    .filter((part) => part.length > 3);
}

const plain = (page: string): string =>
  page.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&').replaceAll(/\s+/g, ' ');

/** How the client's page says parts of reasons: in the sentence on its top, with what ends it, and among the facts. */
const ON_OWN_PAGE: Readonly<Record<string, string>> = {
  'the service has been restricted since': 'Restricted since',
  'The service has been stopped on its panel since': 'Stopped since',
  'The usage can’t be read at the moment': 'can’t be read at the moment',
  'These figures are from': 'are from',
  'Please ask your provider': 'Ask your provider',
  'Traffic was used up before, and your provider has to release the service':
    'The traffic of the period before was used up',
};

function expectSaid(surface: string, reasons: readonly Because[], said: string): void {
  const text = plain(said);
  for (const reason of reasons)
    for (const part of partsOf(reason.text)) {
      const other = surface === OWN_PAGE ? ON_OWN_PAGE[part] : undefined;
      const shown = other !== undefined && !text.includes(part) ? other : part;
      expect([surface, reason.code, text]).toEqual([surface, reason.code, expect.stringContaining(shown)]);
    }
}

/** Returns the codes of a service, which command, page and API say alike, as its client does what it may know. */
async function codesOn(surfaces: Surfaces, id: string): Promise<BecauseCode[]> {
  const { because } = await surfaces.json<Explanation>(`explain ${id}`);
  const others = [
    (await surfaces.json<ServiceDetail>(`service show ${id}`)).because,
    (await surfaces.api<Explanation>(`/api/v1/services/${id}/explanation`)).because,
    (await surfaces.api<ServiceDetail>(`/api/v1/services/${id}`)).because,
  ];
  for (const other of others) expect(other).toEqual(because);
  expectSaid('command', because, await surfaces.text(`explain ${id}`));
  expectSaid('page', because, await surfaces.page(`/services/${id}`));
  const own = (await surfaces.sluice.services.show(id, { reader: CLIENT })).because ?? [];
  expect((await surfaces.sluice.explain(id, { reader: CLIENT })).because).toEqual(own);
  expectSaid(OWN_PAGE, own, await surfaces.shared(`/services/${id}`));
  const codes = because.map(({ code }) => code);
  for (const { code, text, details } of own) {
    expect(codes).toContain(code);
    expect(`${code} ${text} ${JSON.stringify(details)}`.slice(code.length)).not.toMatch(SECRET);
    SEEN.client.add(code);
  }
  for (const code of codes) SEEN.operator.add(code);
  return codes;
}

/** Returns the codes of services as all surfaces say them with this config. */
export async function codesOf(bench: Opened[0], kinds: Opened[2], ...ids: string[]): Promise<BecauseCode[][]> {
  const config = JSON.parse(bench.read('sluice.yaml')) as unknown;
  const surfaces = await openSurfaces(bench, config, kinds);
  try {
    const found: BecauseCode[][] = [];
    for (const id of ids) found.push(await codesOn(surfaces, id));
    return found;
  } finally {
    await surfaces.end();
  }
}
