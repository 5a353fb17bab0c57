import { describe, expect, it } from '@jest/globals';
import {
  entryKey,
  type EntryDetail,
  type Moved,
  type OldToolInput,
  type PanelOwner,
  toPanelEntry,
} from '@sluice/panel-kind';
import { gigabytesToBytes, type OldRow } from '@sluice/quota-core';
import { GB } from '../test/world.js';
import { addonTool } from './addon-limits.js';
import { ADMIN_TABLE } from './addon-table.js';
import { hiddify } from './kind.js';
import { AGENT_REF, USER_REF } from './settings.js';

const uuidOf = (n: number): string => `0b0f9bd5-3b53-4a58-9d4f-${String(n).padStart(12, '0')}`;
const [NORTH, EAST, SOUTH] = [uuidOf(7), uuidOf(8), uuidOf(9)] as const;

const owner = (id: string, changes: Partial<PanelOwner> = {}): PanelOwner => ({
  ...{ id, name: `agent ${Number(id.slice(-12))}`, parent: null, limitable: true },
  ...changes,
});

/** North with east below it, and south. */
const OWNERS = [owner(NORTH, { name: 'north' }), owner(EAST, { name: 'east', parent: NORTH }), owner(SOUTH)];

let users = 0;
function user(agent: string | null, changes: Parameters<typeof toPanelEntry>[1] = {}) {
  users += 1;
  const refs = { [USER_REF]: uuidOf(100_000 + users), [AGENT_REF]: agent };
  return toPanelEntry({ object: 'user', id: String(users), refs }, { state: 'active', usedBytes: GB, ...changes });
}

const table = (...rows: [id: unknown, uuid: unknown, limit: unknown][]): OldRow[] =>
  rows.map(([id, uuid, limit], index) => ({
    line: index + 2,
    values: { id, uuid, traffic_limit: limit } as OldRow['values'],
  }));

function read(
  rows: readonly OldRow[] | null,
  { agents = {}, entries = [], ...input }: Partial<OldToolInput> & { agents?: object } = {},
): Moved {
  const settings = { kind: 'hiddify', agents } as never;
  return addonTool.read({
    panel: { name: 'vpn', settings, timeZone: 'UTC', currency: null, products: {} },
    tables: new Map(rows === null ? [] : [[ADMIN_TABLE.name, rows]]),
    ...{
      entries,
      details: new Map<string, EntryDetail>(),
      owners: OWNERS,
      billed: null,
      now: '2026-11-20T12:00:00.000Z',
    },
    ...input,
  });
}

/** What is undecided besides the ids: state, object and reason. */
const words = ({ undecided = [] }: Moved): string[] =>
  undecided.flatMap(({ file, state, object, reason }) =>
    file === 'agents.csv' ? [`${state} ${object}: ${reason}`] : [],
  );

describe('the limits of the add-on', () => {
  it('become rows with its bytes as GB, and with what it counts by now: of sub-agents, too', () => {
    const entries = [
      user(NORTH, { usedBytes: 2 * GB + 1 }),
      user(EAST, { usedBytes: 3 * GB }),
      user(EAST, { usedBytes: 0 }),
      user(SOUTH, { usedBytes: 5 * GB }),
      user(null, { usedBytes: 90 * GB }),
    ];
    const moved = read(table(['7', NORTH, '107374182400'], ['8', EAST.toUpperCase(), '7838315315']), { entries });
    expect(moved.agents).toEqual([
      { agent: NORTH, limit_gb: '100', opening_gb: '5.0000000009' },
      { agent: EAST, limit_gb: '7.2999999998', opening_gb: '3' },
    ]);
    expect(moved.agents?.map((row) => gigabytesToBytes(row['limit_gb'] ?? ''))).toEqual([100 * GB, 7_838_315_315]);
    expect(gigabytesToBytes(moved.agents?.[0]?.['opening_gb'] ?? '')).toBe(5 * GB + 1);
    expect(words(moved)).toEqual([]);
    expect(moved.services).toBeUndefined();
  });

  it('are none for NULL, and for 0, which is named', () => {
    const moved = read(table(['7', NORTH, null], ['8', EAST, '0'], ['9', SOUTH, '000']));
    expect(moved.agents).toEqual([]);
    expect(words(moved)).toEqual([
      expect.stringMatching(/^left-out agent "east": a limit of 0 was none/),
      expect.stringMatching(/^left-out agent "agent 9": a limit of 0 was none/),
    ]);
  });

  it.each([
    ['a negative limit', ['7', NORTH, '-1'], /limit is negative/],
    ['a fraction', ['7', NORTH, '107374182400.0'], /not a whole number of bytes/],
    ['a float', ['7', NORTH, '1.07374182e+11'], /not a whole number of bytes/],
    ['a unit', ['7', NORTH, '100GB'], /not a whole number of bytes/],
    ['more than can be counted', ['7', NORTH, '9223372036854775807'], /more than 8 PB/],
    ['an id that is none', ['x7', NORTH, '5'], /id is not a whole number/],
    ['no id', [null, NORTH, '5'], /id is not a whole number/],
    ['no uuid', ['7', null, '5'], /uuid is not one/],
    ['a uuid without dashes', ['7', NORTH.replaceAll('-', ''), '5'], /uuid is not one/],
  ] as const)('are undecided with %s', (_, row, reason) => {
    const moved = read(table([...row]));
    expect(moved.agents).toEqual([]);
    expect(words(moved)).toEqual([
      expect.stringMatching(new RegExp(`^undecided line 2 of admin_user: .*${reason.source}`)),
    ]);
    expect(JSON.stringify(moved.undecided)).not.toContain(NORTH.slice(0, 12));
  });

  it('leave out the Owner and never show its uuid, which is the key', () => {
    const key = uuidOf(1);
    const moved = read(table(['1', key, '5']));
    expect(moved.agents).toEqual([]);
    expect(words(moved)).toEqual([expect.stringMatching(/^left-out line 2 of admin_user: it is the Owner/)]);
    expect(JSON.stringify(moved)).not.toContain(key);
    expect(ADMIN_TABLE.query).toMatch(/id > 1/);
  });

  it('are taken once of an account that is there twice, and not at all where its lines differ', () => {
    const moved = read(
      table(['7', NORTH, '5'], ['7', NORTH, '5'], ['8', EAST, '5'], ['8', EAST, '6'], ['9', SOUTH, '5']),
    );
    expect(moved.agents?.map((row) => row['agent'])).toEqual([NORTH, SOUTH]);
    expect(words(moved)).toEqual([
      expect.stringMatching(/^left-out lines 2, 3 of admin_user/),
      expect.stringMatching(/^undecided lines 4, 5 of admin_user/),
    ]);
  });

  it('are named where the panel has no such agent, or no agent any more', () => {
    const owners = [owner(NORTH, { name: 'staff', limitable: false })];
    const moved = read(table(['7', NORTH, '1073741824'], ['8', EAST, '1073741824'], ['9', SOUTH, null]), { owners });
    expect(moved.agents).toEqual([]);
    expect(words(moved)).toEqual([
      expect.stringMatching(/^left-out agent "staff": it is not an agent any more/),
      expect.stringMatching(/^undecided agent 8: the panel lists no account/),
    ]);
    expect(moved.undecided?.some(({ file }) => file === 'sluice.yaml')).toBe(false);
  });

  it('begin with the usage at that time where nobody read who is above whom', () => {
    const { owners: _, ...input } = { owners: OWNERS, entries: [user(NORTH)] };
    const moved = addonTool.read({
      panel: { name: 'vpn', settings: { kind: 'hiddify' } as never, timeZone: 'UTC', currency: null, products: {} },
      ...{ tables: new Map([[ADMIN_TABLE.name, table(['7', NORTH, String(GB)])]]), details: new Map(), billed: null },
      ...{ now: '2026-11-20T12:00:00.000Z', ...input },
    });
    expect(moved.agents).toEqual([{ agent: NORTH, limit_gb: '1', opening_gb: '' }]);
  });

  it('count users without a uuid, which only their details give an owner, and negative usage as 0', () => {
    const nameless = toPanelEntry({ object: 'user', id: '900', refs: {} }, { usedBytes: 4 * GB, state: 'active' });
    const odd = user(NORTH, { usedBytes: null });
    const moved = read(table(['7', NORTH, String(100 * GB)]), {
      entries: [nameless, odd],
      details: new Map([[entryKey(nameless), { owner: NORTH }]]),
    });
    expect(moved.agents?.[0]?.['opening_gb']).toBe('4');
    expect(words(moved)).toEqual([expect.stringMatching(/^proposed agent "north": .*negative usage of 1 user/)]);
  });

  it('name an agent at or over its limit: what the first check does, and whom it can not enable again', () => {
    const full = [user(EAST, { usedBytes: GB }), user(EAST, { state: 'disabled' }), user(NORTH, { state: 'inactive' })];
    const moved = read(table(['7', NORTH, String(3 * GB)], ['8', EAST, String(2 * GB + 1)]), { entries: full });
    expect(words(moved)).toEqual([
      expect.stringMatching(
        /^proposed agent "north": it is at or over its limit \(3 GB of 3 GB\): the first check disables 2 users/,
      ),
      expect.stringMatching(/^undecided agent "north": .* 1 user below it is disabled: .*does not record whom/),
    ]);
  });

  it('end in circles of parents, and count each user of one once', () => {
    const owners = [owner(NORTH, { parent: EAST }), owner(EAST, { parent: NORTH }), owner(SOUTH, { parent: SOUTH })];
    const rows = table(...[7, 8, 9].map((n): [string, string, string] => [String(n), uuidOf(n), String(9 * GB)]));
    const moved = read(rows, { owners, entries: [user(NORTH), user(EAST), user(SOUTH)] });
    expect(moved.agents?.map((row) => row['opening_gb'])).toEqual(['2', '2', '1']);
  });

  it('are left to the add-on where the config says so', () => {
    const moved = read(table(['7', NORTH, '5']), { agents: { addon: true } });
    expect(moved.agents).toBeUndefined();
    expect(words(moved)).toEqual([expect.stringMatching(/^left-out panel vpn: .*agents\.addon: false/)]);
  });

  it('say that what is sold counts otherwise than what is used', () => {
    const rows = table(['7', NORTH, String(5 * GB)]);
    const undecided = (accounting: string) =>
      read(rows, { agents: { accounting } }).undecided?.filter(({ column }) => column === 'agents.accounting');
    expect(undecided('allocated')).toMatchObject([{ file: 'sluice.yaml', state: 'undecided', value: 'allocated' }]);
    expect(undecided('consumed')).toEqual([]);
  });

  it('are none, and nothing is said, without the table', () => {
    expect(read(null)).toEqual({});
  });

  it('name agents of one name apart and show no character that moves a cursor', () => {
    const evil = 'Evil\u001b[2J\u202e, "刘洋"\n=1+1';
    const owners = [owner(NORTH, { name: evil }), owner(EAST, { name: evil })];
    const objects = (read(table(['7', NORTH, '0'], ['8', EAST, '0']), { owners }).undecided ?? []).map(
      ({ object }) => object,
    );
    expect(objects.slice(0, 2)).toEqual([
      'agent "Evil [2J , "刘洋" =1+1" (0b0f...)',
      'agent "Evil [2J , "刘洋" =1+1" (0b0f...)',
    ]);
  });

  it('of 20,000 users of 2,000 agents in chains are summed within seconds', () => {
    const owners = Array.from({ length: 2000 }, (_, n) =>
      owner(uuidOf(10 + n), { parent: n % 20 === 0 ? null : uuidOf(9 + n) }),
    );
    const entries = Array.from({ length: 20_000 }, (_, n) => user(uuidOf(10 + (n % 2000))));
    const rows = table(
      ...owners.map((_, n): [string, string, string] => [String(10 + n), uuidOf(10 + n), String(9999 * GB)]),
    );
    const startedAt = performance.now();
    const { agents = [] } = read(rows, { owners, entries });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect([agents[0]?.['opening_gb'], agents[19]?.['opening_gb'], agents.length]).toEqual(['200', '10', 2000]);
  });
});

it('is the tool "hiddify" of the kind', async () => {
  expect(await hiddify.oldTools?.['hiddify']?.()).toBe(addonTool);
});

describe('the ids of the add-on', () => {
  const ids = (moved: Moved) =>
    moved.undecided?.flatMap(({ file, state, column, value }) =>
      file === 'sluice.yaml' ? [`${state} ${column} ${value}`] : [],
    );

  it('are proposed as they stand in the config, also of agents without a limit and with the add-on', () => {
    const rows = table(['9', SOUTH, null], ['7', NORTH, '5']);
    const expected = [`undecided panels.vpn.agents.addonIds { 7: ${NORTH}, 9: ${SOUTH} }`];
    expect(ids(read(rows))).toEqual(expected);
    expect(ids(read(rows, { agents: { addon: true } }))).toEqual(expected);
  });

  it('are proposed as far as the config does not have them', () => {
    const rows = table(['9', SOUTH, null], ['7', NORTH, null]);
    expect(ids(read(rows, { agents: { addonIds: { 7: NORTH.toUpperCase() } } }))).toEqual([
      `undecided panels.vpn.agents.addonIds { 9: ${SOUTH} }`,
    ]);
    expect(ids(read(rows, { agents: { addonIds: { 7: NORTH, 9: SOUTH } } }))).toEqual([]);
  });

  it('are not proposed where two agents have one', () => {
    expect(ids(read(table(['7', NORTH, null], ['7', EAST, null])))).toEqual(['undecided panels.vpn.agents.addonIds ']);
  });
});
