import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { listNodes } from './terminal/completion/script.js';
import { wholeProgram } from './cli.js';
import { remedyFor, withRemedy } from './remedies.js';
import { REMEDIES } from './remedy-texts.js';
import { STATE_REMEDIES } from './state-remedies.js';

const DOCS = path.resolve(import.meta.dirname, '../../../docs');
const PAGES = ['errors.md', 'upgrading.md'].map((name) => path.join(DOCS, name));

/** Codes whose message the command writes itself, remedy included. */
const OWN = ['usage', 'not_confirmed'];

const plain = (text: string): string => text.replaceAll(/["`]/g, '').trim();

/** The last cell of each row of the pages, by the row's code. */
function documented(): [code: string, text: string][] {
  const text = PAGES.map((page) => readFileSync(page, 'utf8')).join('\n');
  return [...text.matchAll(/^\| `(\w+)`.*\|([^|]+)\|$/gm)].map(([, code = '', cell = '']) => [code, cell]);
}

it('the table of remedies agrees with the pages on errors and upgrades', () => {
  const rows = documented();
  const stated = Object.keys(REMEDIES).filter((code) => {
    const remedy = plain(remedyFor(code) ?? '');
    return rows.some(([row, text]) => row === code && plain(text).endsWith(remedy));
  });
  expect(stated).toEqual(Object.keys(REMEDIES));
  const commands = rows.filter(([, text]) => /`sluice |`--[a-z]/.test(text)).map(([code]) => code);
  expect(commands.filter((code) => !OWN.includes(code) && REMEDIES[code] === undefined)).toEqual([]);
});

/** Returns what the command line does not accept of a command, or null. */
function findUnknown(text: string): string | null {
  const words = text.split(' ').slice(1);
  const node = listNodes(wholeProgram('0'))
    .filter((one) => one.words.every((word, index) => word === words[index]))
    .at(-1);
  if (node === undefined || node.words.length === 0) return text;
  const rest = words.slice(node.words.length);
  const options = rest.flatMap((word, index) => {
    const option = node.options.find(({ names }) => names.includes(word));
    return option === undefined ? [] : [{ index, hasValue: option.value !== null }];
  });
  const taken = options.flatMap(({ index, hasValue }) => (hasValue ? [index, index + 1] : [index]));
  const values = rest.filter((_, index) => !taken.includes(index));
  const isMany = node.arguments.some(({ variadic }) => variadic);
  const isWrong = values.some((word) => word.startsWith('-')) || (values.length > node.arguments.length && !isMany);
  return isWrong ? text : null;
}

it('remedies name only commands that there are', () => {
  const texts = Object.values(REMEDIES)
    .flat()
    .map((text) => text.replaceAll('{verb}', 'create'));
  const commands = texts.flatMap((text) =>
    [...text.matchAll(/"(sluice (?!\{)[^"]+)"/g)].map((match) => match[1] ?? ''),
  );
  expect(commands.length).toBeGreaterThan(100);
  expect([...new Set(commands)].map(findUnknown).filter((wrong) => wrong !== null)).toEqual([]);
});

it('what is said of a service names only commands that there are', () => {
  const commands = Object.values(STATE_REMEDIES)
    .flat()
    .flatMap((text) => [...text.matchAll(/sluice [^;.,]+/g)].map(([command]) => command));
  expect(commands.length).toBeGreaterThan(50);
  expect([...new Set(commands)].map(findUnknown).filter((wrong) => wrong !== null)).toEqual([]);
});

describe('a message with its remedy', () => {
  const code = 'service_in_doubt';

  it('names the objects of the details, others in capitals', () => {
    const message = '"svc-1" has a change whose outcome is not known';
    expect(withRemedy({ code, message, details: { action: 'act-1-a' } })).toBe(
      `${message}. Resolve it with "sluice poll", or report its outcome with "sluice action resolve act-1-a --done" or --not-done`,
    );
    expect(withRemedy({ code, message })).toContain('"sluice action resolve ACTION --done"');
    expect(withRemedy({ code, message: `${message} (act-0mh8v1k2-00ff)` })).toContain(
      'resolve act-0mh8v1k2-00ff --done',
    );
  });

  it('names the agent whose limit an item of a document names', () => {
    const limit = 'A further 20 GB does not fit within the limit of agent "South": 21 GB of 40 GB, 19 GB left.';
    expect(withRemedy({ code: 'agent_limit', message: limit })).toBe(
      `${limit} Raise the limit with "sluice agent limit South --gb N"`,
    );
    const removed = 'User "ana" was created and removed again: agent "South" exceeded its limit.';
    expect(withRemedy({ code: 'agent_limit', message: removed })).toBe(removed);
  });

  it('says what fits within the limit of an agent, and which limit would be enough', () => {
    const message = 'A further 21 GB does not fit within the limit of agent "South": 15 GB left.';
    const figures = { askedBytes: 21 * 1024 ** 3, remainingBytes: 15 * 1024 ** 3 + 1, limitBytes: 40 * 1024 ** 3 };
    const details = { ...figures, agent: 'South' };
    expect(withRemedy({ code: 'agent_limit', message, details })).toBe(
      `${message} Use at most 15GB, or raise the limit with "sluice agent limit South --gb 46GB"`,
    );
    expect(withRemedy({ code: 'agent_limit', message, details: { ...details, remainingBytes: 0 } })).toBe(
      `${message} Raise the limit with "sluice agent limit South --gb 61GB"`,
    );
  });

  it('has what it names as one word of the shell', () => {
    const details = { agent: 'n; $(id)', over: "Ana's users" };
    const limit = '"n; $(id)" is over its limit';
    expect(withRemedy({ code: 'agent_limit', message: limit, details: { agent: details.agent } })).toContain(
      `"sluice agent limit 'n; $(id)' --gb N"`,
    );
    expect(withRemedy({ code: 'agent_limit', message: limit, details })).toContain(
      `"sluice agent limit 'Ana'\\''s users' --gb N"`,
    );
    expect(
      withRemedy({ code: 'mass_change', message: 'Stopped', details: { subjects: 'agents', panel: 'vpn' } }),
    ).toContain('"sluice agent check --all --panel vpn --allow-mass"');
  });

  it('of an id that only one service can have names the one that has it', () => {
    const message = '"y" was not stored: line 9001 is already that of service "x y", which alone can have it';
    expect(withRemedy({ code: 'duplicate_ref', message })).toBe(
      `${message}. Correct the id, or take it from the other one with "sluice service set 'x y' line="`,
    );
  });

  it('names what moves what a panel had that only got another name', () => {
    const said = (who: string, more = '') =>
      `${who} the panel "old", which is not in the config: nothing is read or changed there; none is held${more}`;
    const text = (message: string) => withRemedy({ code: 'panel_removed', message, details: { panel: 'old' } });
    const limits = '; 2 limits of agents are not enforced ("East", "North")';
    expect(text(said('2 agents have', limits))).toMatch(
      /set the limits of "East", "North" there with "sluice agent limit AGENT --gb N --panel PANEL"$/,
    );
    for (const message of [said('2 services have'), said('1 service and 2 agents have', limits)])
      expect(text(message)).toMatch(/move its services there with "sluice service set SERVICE panel=PANEL"$/);
    const left = (count: string) =>
      `if it is gone for good, end what is stored of ${count} with "sluice agent limit AGENT --none --panel old"`;
    expect(text(said('2 agents have', limits))).toContain(left('2 agents'));
    expect(text(said('1 agent has'))).toContain(left('1 agent'));
    expect(text(said('1 service and 1 agent have'))).toContain(left('1 agent'));
    expect(text(said('2 services have'))).not.toContain('agent limit');
  });

  it('is found as fast for a name of any length', () => {
    const long = 'x; 1 limit of agents is not enforced ('.repeat(2500);
    for (const message of [
      `2 services and 1 agent have the panel "old", which is not in the config: 1 is held (agent "${long}")`,
      `1 agent has the panel "old", which is not in the config: 1 is held (agent "${long}"`,
    ]) {
      const startedAt = performance.now();
      const text = withRemedy({ code: 'panel_removed', message, details: { panel: 'old' } }).slice(message.length);
      expect(text).toContain('end what is stored of 1 agent with');
      expect(performance.now() - startedAt).toBeLessThan(1000);
    }
  });

  it('is that of a lost store only where its file of open holds is known', () => {
    const message = 'The backup none.db does not exist. Name the file of a backup.';
    expect(withRemedy({ code: 'store_missing', message })).toBe(message);
    expect(withRemedy({ code: 'store_missing', message: 'Lost', details: { holdsFile: 'h.json' } })).toContain(
      '"sluice hold release --all --from h.json --yes"',
    );
  });

  it('names the billing system that may be another installation', () => {
    for (const what of ['has another address than before', 'may be another installation'])
      expect(withRemedy({ code: 'billing_moved', message: `WHMCS ${what}, and nothing shows that` })).toContain(
        'Set the former address of WHMCS in the config.',
      );
  });

  it('is of a damaged backup that another one is named, and of a damaged store how it is checked', () => {
    const text = (message: string) => withRemedy({ code: 'store_damaged', message });
    for (const what of ["is damaged: it can't be unpacked", 'is damaged (row 1 missing)', 'holds no store'])
      expect(text(`The backup /srv/bad.gz ${what}. Use another one.`)).toBe(
        `The backup /srv/bad.gz ${what}. Use another one. Those beside /srv/bad.gz may be whole: "sluice db restore FILE"`,
      );
    expect(text('The store sluice.db is damaged')).toContain('"sluice db check" shows what is damaged');
  });

  it('names the client who has another currency, and of calls what can be done with them', () => {
    const message = 'Client "c-2" is billed in EUR, not in BRL; nothing was changed';
    expect(withRemedy({ code: 'currency_mismatch', message })).toBe(
      `${message}. Use the currency that "sluice credit show c-2" shows. What costs another one needs a client of its own`,
    );
    for (const why of [message, 'The price is in BRL, but client 2 has EUR. Nothing was changed.']) {
      const calls = withRemedy({ code: 'currency_mismatch', message: `The calls of "svc-1" are not billed: ${why}` });
      expect(calls).toContain('Charge them by hand, and acknowledge it with "sluice notice ack ID"');
      expect(calls).toContain('"sluice service set svc-1 client=ID" names a client');
    }
  });

  it('stays one line whatever a detail contains', () => {
    expect(withRemedy({ code: 'no_account', message: 'None', details: { service: 'a\u001b[2J\nb' } })).not.toMatch(
      // oxlint-disable-next-line no-control-regex
      /[\u001b\n]/,
    );
  });

  it('stays as it is where no remedy is known, or it names a command itself', () => {
    expect(withRemedy({ code: 'toString', message: 'Odd' })).toBe('Odd');
    for (const [end, shown] of [
      ['', '.'],
      ['.', '.'],
      ['?', '?'],
    ])
      expect(withRemedy({ code: 'no_match', message: `None${end}` })).toBe(
        `None${shown} List the services with "sluice service list"`,
      );
    const message = 'Say "sluice poll"';
    expect(withRemedy({ code, message })).toBe(message);
  });

  it('names what may hold a locked store', () => {
    const message =
      'The store /srv/sluice.db is locked by another process. Wait until that has finished, or end it, and try again (busy).';
    expect(withRemedy({ code: 'store_busy', message })).toBe(
      `${message} A running "sluice serve" or a job of cron may have it open`,
    );
  });

  it('has a line of its own below several', () => {
    expect(withRemedy({ code: 'store_too_old', message: 'Two:\n  lines' })).toBe(
      'Two:\n  lines\nUpdate it with "sluice db migrate"',
    );
  });
});
