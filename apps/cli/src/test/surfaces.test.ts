import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listNodes } from '../terminal/completion/script.js';
import { wholeProgram } from '../cli.js';
import { GB, HOUR, toIds } from './easydcim-bench.js';
import { type Said, SPEAKING } from './surfaces/table.js';
import { AGENT_STATES, AGENT_SURFACES, type AgentWorld, startAgentWorld } from './surfaces/agents.js';
import { SILENT } from './surfaces/silent.js';
import { type Facts, NO_FACTS, startWorld, type World } from './surfaces/world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Returns what the store says of what a surface is about. */
function expected(said: Said, { held, ...facts }: Facts): Said {
  const all = {
    ...facts,
    held,
    heldCount: held.length,
    isHeld: held.includes('svc-2'),
    isDue: facts.wouldHold.includes('svc-1'),
    isUnread: facts.down || facts.undecided,
    isDoubted: facts.doubted.includes('svc-4'),
  };
  return Object.fromEntries(Object.entries(all).filter(([key]) => key in said));
}

const AT_FIRST: Facts = { ...NO_FACTS, figures: true };
const PARTLY: Facts = { ...AT_FIRST, held: ['svc-2'], wouldHold: ['svc-1'], enforced: ['order'] };

/** The states in their order, what begins each, and what the store says then. */
const STATES: [string, (at: World) => unknown, Facts][] = [
  ['observe', () => undefined, { ...AT_FIRST, wouldHold: ['svc-1', 'svc-2'] }],
  ['partly enforced', ({ at }) => at.bench.sluice('enforce dcim --only order --yes'), { ...PARTLY }],
  [
    'panel down',
    ({ at }) => at.panel.server.inject({ fault: { kind: 'status', status: 503 } }),
    // Of what could not be read, nothing is decided.
    { ...PARTLY, wouldHold: [], down: true },
  ],
  [
    'panel back',
    ({ at }) => {
      at.panel.server.clearFaults();
    },
    { ...PARTLY },
  ],
  [
    'clock wrong',
    ({ at }) => {
      at.skew.ms = (45 / 60) * HOUR;
    },
    { ...PARTLY, undecided: true },
  ],
  [
    'clock right',
    ({ at }) => {
      at.skew.ms = 0;
    },
    { ...PARTLY },
  ],
  [
    'doubted',
    ({ at }) => {
      // More than its line carries since the last reading, but possible if the figures are behind the traffic.
      for (const index of [1, 2]) at.panel.setWiring(toIds(4).port(index), { speed: 25_000_000 });
      at.panel.addTraffic(toIds(4).service, { in: 100 * GB, out: 0, at: at.bench.clock.now() - HOUR / 2 });
    },
    { ...PARTLY, doubted: ['svc-4'] },
  ],
  [
    'braked',
    async ({ at }) => {
      await at.bench.sluice('enforce dcim --only ports --yes');
      const earlier = at.bench.clock.now() - HOUR / 2;
      // Too little to be doubted; that of svc-4 is confirmed.
      at.panel.addTraffic(toIds(3).service, { in: 45 * GB, out: 0, at: earlier });
    },
    { ...PARTLY, wouldHold: ['svc-1', 'svc-3', 'svc-4'], braked: true, enforced: ['order', 'ports'] },
  ],
];

describe('every surface', () => {
  it('has a line in the table', () => {
    const commands = listNodes(wholeProgram('1.0.0'))
      .filter(
        ({ words, subcommands, arguments: own }) => words.length > 0 && (subcommands.length === 0 || own.length > 0),
      )
      .map(({ words }) => `command ${words.join(' ')}`);
    const routes = world.dashboard.routes.filter(
      (route) => route.startsWith('GET ') && !/^GET \/(assets|brand)\//.test(route),
    );
    const listed = [
      ...new Set([...Object.keys(SPEAKING), ...Object.keys(AGENT_SURFACES)]),
      ...Object.values(SILENT).flat(),
    ];
    expect(listed.sort()).toEqual([...new Set([...commands, ...routes])].sort());
  });

  it.each(STATES)('says what the store says: %s', async (_state, change, facts) => {
    await world.enter(() => change(world));
    expect(world.facts).toEqual(facts);
    const wrong: object[] = [];
    for (const [surface, read] of Object.entries(SPEAKING)) {
      const said = await reading(surface, () => read(world));
      const meant = expected(said, facts);
      if (JSON.stringify(sorted(said)) !== JSON.stringify(sorted(meant))) wrong.push({ surface, said, meant });
    }
    expect(wrong).toEqual([]);
  });
});

describe('every surface about agents', () => {
  let agents: AgentWorld;
  beforeAll(async () => {
    agents = await startAgentWorld();
  });
  afterAll(() => agents.close());

  it.each(AGENT_STATES)('says what is so: %s', async (_state, change, facts) => {
    await agents.enter(() => change(agents));
    expect(agents.disabled()).toEqual(facts.held);
    const wrong: object[] = [];
    for (const [surface, read] of Object.entries(AGENT_SURFACES)) {
      const said = await reading(surface, () => read(agents));
      const meant = Object.fromEntries(Object.entries(facts).filter(([key]) => key in said));
      if (JSON.stringify(sorted(said)) !== JSON.stringify(sorted(meant))) wrong.push({ surface, said, meant });
    }
    expect(wrong).toEqual([]);
  });
});

async function reading<T>(surface: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new Error(`${surface}: ${String(error)}`, { cause: error });
  }
}

function sorted(said: object): [string, unknown][] {
  return Object.entries(said).sort(([a], [b]) => (a < b ? -1 : 1));
}
