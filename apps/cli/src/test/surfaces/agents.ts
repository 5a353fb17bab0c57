import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import type { AgentDetail, AgentExplained, AgentView, OverviewReport, PanelView } from '@sluice/engine';
import { toAgentStatus } from '@sluice/engine/words';
import { GB, HOUR, type HiddifyBench, startHiddifyBench } from '../hiddify-bench.js';
import { openSurfaces, type Surfaces } from './world.js';

/** What the store says of the agents north, south and west, which every surface has to say too. */
export interface AgentFacts {
  /** Agents whose users are disabled. */
  held: string[];
  /** Agents over their limit whose users are not disabled: by `observe` or the brake. */
  over: string[];
  /** Whether the panel is enforced as a whole, as its agents are. */
  enforced: boolean;
  braked: boolean;
  down: boolean;
}

/** What a surface says of the facts; only what it is about. */
export type AgentSaid = Partial<AgentFacts>;

/** Commands, pages and API on a panel with agents. */
export interface AgentWorld extends Surfaces {
  at: HiddifyBench;
  /** Adds so many gigabytes to the only user of an agent. */
  use: (agent: string, gigabytes: number) => void;
  /** Changes the state, and checks all agents. */
  enter: (change: () => unknown) => Promise<void>;
  /** What is disabled on the panel, by the name of the agent. */
  disabled: () => string[];
  close: () => Promise<void>;
}

const AGENTS = ['north', 'south', 'west'];

/** Starts it: north, which is the client c-1, is over its limit of 50 GB; south and west have used 10 GB of theirs. */
export async function startAgentWorld(): Promise<AgentWorld> {
  const at = await startHiddifyBench();
  const config = {
    timeZone: 'UTC',
    enforce: 'observe',
    poll: { doubt: { jump: 'off' } },
    panels: {
      vpn: {
        ...{ kind: 'hiddify', url: at.panel.url, allowHttp: true, apiKey: at.panel.key, retries: 0 },
        agents: { clients: { 'c-1': at.north } },
      },
    },
    products: { 'vpn-50': { panel: 'vpn', quota: { total: '50GB' }, hiddify: { packageDays: 30, mode: 'no_reset' } } },
  };
  at.bench.write('sluice.yaml', JSON.stringify(config));
  await at.bench.giveStore();
  const uuids = [at.north, ...['south', 'west'].map((name) => at.panel.addAgent(undefined, { name }))];
  const users = uuids.map((agent) => at.panel.addUser({ agent, usageLimit: 500 * GB }));
  const use = (agent: string, gigabytes: number): void => {
    at.panel.use(users[AGENTS.indexOf(agent)] ?? '', gigabytes * GB);
  };
  for (const agent of AGENTS) {
    await at.sluice(`agent limit ${agent} --gb 50 --yes`);
    use(agent, agent === 'north' ? 60 : 10);
  }
  const surfaces = await openSurfaces(at.bench, config, [hiddify]);
  return {
    ...surfaces,
    ...{ at, use },
    enter: async (change) => {
      at.bench.clock.advance(HOUR);
      await change();
      await at.check();
    },
    disabled: () => AGENTS.filter((_name, index) => !at.panel.user(users[index] ?? '').enable),
    close: async () => {
      await surfaces.end();
      await at.close();
    },
  };
}

/** The states in their order, what begins each, and what is so then. */
export const AGENT_STATES: [string, (world: AgentWorld) => unknown, AgentFacts][] = [
  ['observe', () => undefined, { held: [], over: ['north'], enforced: false, braked: false, down: false }],
  [
    'partly enforced',
    ({ at }) => at.bench.sluice('enforce vpn --only vpn-50 --yes'),
    { held: [], over: ['north'], enforced: false, braked: false, down: false },
  ],
  [
    'enforced',
    ({ at }) => at.bench.sluice('enforce vpn --yes'),
    { held: ['north'], over: [], enforced: true, braked: false, down: false },
  ],
  [
    'panel down',
    ({ at }) => at.panel.server.inject({ fault: { kind: 'status', status: 503 } }),
    { held: ['north'], over: [], enforced: true, braked: false, down: true },
  ],
  [
    'panel back',
    ({ at }) => {
      at.panel.server.clearFaults();
    },
    { held: ['north'], over: [], enforced: true, braked: false, down: false },
  ],
  [
    'braked',
    ({ use }) => {
      use('south', 50);
      use('west', 50);
    },
    { held: ['north'], over: ['south', 'west'], enforced: true, braked: true, down: false },
  ],
];

function ofAgents(agents: readonly AgentView[]): AgentSaid {
  const withStatus = (status: string): string[] =>
    agents.flatMap((agent) => (toAgentStatus(agent) === status ? [agent.name] : [])).sort();
  const [first] = agents;
  return {
    held: withStatus('held'),
    over: withStatus('over'),
    ...(first === undefined ? {} : { enforced: first.enforce?.value === 'on' }),
  };
}

/** The only one of a document, with the facts of the others left out. */
const ofAgent = (agent: AgentDetail, name: string): AgentSaid => ({ ...ofAgents([agent]), held: heldOf(agent, name) });
const heldOf = (agent: AgentDetail, name: string): string[] => (toAgentStatus(agent) === 'held' ? [name] : []);

/** Returns the states in a table: `north … held`. */
function inTable(text: string): AgentSaid {
  const found = AGENTS.map((name) => [name, new RegExp(`${name} .*?\\b(held|over|ok|doubted)\\b`).exec(text)?.[1]]);
  const withWord = (word: string): string[] => found.flatMap(([name = '', state]) => (state === word ? [name] : []));
  return { held: withWord('held'), over: withWord('over') };
}

const BRAKED = /No check of the agents of panel vpn changed anything/;
const isDown = (text: string): boolean => /\bdown since|is down|HTTP 503/.test(text);

/** What a page, command or document says of north alone, whose client is c-1. */
const ofNorth = (text: string): AgentSaid => ({
  held: /users are disabled/.test(text) ? ['north'] : [],
});

/** Each surface that is about agents, and what it says. */
export const AGENT_SURFACES: Record<string, (world: AgentWorld) => Promise<AgentSaid>> = {
  'command agent list': async ({ at, json }) => {
    const shown = await at.bench.sluice('agent list');
    if (shown.exitCode !== 0) return { down: isDown(shown.stderr) };
    const { agents } = await json<{ agents: AgentView[] }>('agent list');
    expectSame(inTable(shown.stdout), inTable(ofAgentsAsTable(agents)));
    return { ...ofAgents(agents), down: false };
  },
  'command agent show': async ({ at, json }) => {
    const shown = await at.bench.sluice('agent show north');
    if (shown.exitCode !== 0) return { down: isDown(shown.stderr) };
    const { enforced } = ofAgents([await json<AgentDetail>('agent show north')]);
    return { held: inTable(shown.stdout).held ?? [], ...(enforced === undefined ? {} : { enforced }) };
  },
  'command agent explain': async ({ json, text }) => {
    const explained = await json<AgentExplained>('agent explain north');
    const shown = await text('agent explain north');
    const south = await text('agent explain south');
    expectSame(/is disabled|are disabled/.test(shown), heldOf(explained, 'north').length > 0);
    const { enforced } = ofAgents([explained]);
    return {
      held: heldOf(explained, 'north'),
      braked: /the brake stopped the last check/.test(south),
      ...(enforced === undefined ? {} : { enforced }),
    };
  },
  'command agent check': async ({ at }) => {
    const { stdout } = await at.bench.sluice('agent check --all --dry-run');
    return { down: isDown(stdout) };
  },
  'command panel list': async ({ json }) => ofPanels((await json<{ panels: PanelView[] }>('panel list')).panels),
  'GET /agents': async ({ page }) => {
    const text = await page('/agents');
    return { ...inTable(text), braked: BRAKED.test(text), down: isDown(text) };
  },
  'GET /agents/:id': async ({ at, page }) => {
    const text = await page(`/agents/${at.north}`);
    return { held: /Held since \d/.test(text) ? ['north'] : [], braked: BRAKED.test(text), down: isDown(text) };
  },
  'GET /': async ({ page }) => ({ braked: BRAKED.test(await page('/')) }),
  'GET /panels/:name': async ({ page }) => {
    const text = await page('/panels/vpn');
    return { braked: BRAKED.test(text), down: /\bdown since/.test(text) };
  },
  'GET /share/:shareToken': async ({ shared }) => ofNorth(await shared('')),
  'GET /api/v1/overview': async ({ api }) => {
    const { brakes, panels } = await api<OverviewReport>('/api/v1/overview');
    return { braked: brakes.length > 0, enforced: panels[0]?.enforce.value === 'on' };
  },
  'GET /api/v1/agents': async ({ api }) => {
    try {
      return ofAgents((await api<{ agents: AgentView[] }>('/api/v1/agents')).agents);
    } catch (error) {
      return { down: /503|unreachable/i.test(String(error)) };
    }
  },
  'GET /api/v1/stored-agents': async ({ api }) =>
    ofAgents((await api<{ agents: AgentDetail[] }>('/api/v1/stored-agents')).agents),
  'GET /api/v1/agents/:agent/explanation': async ({ at, api }) =>
    heldAndEnforced(await api<AgentDetail>(`/api/v1/agents/${at.north}/explanation`)),
  'GET /api/v1/clients/:client/agents': async ({ api }) => {
    const { agents } = await api<{ agents: AgentDetail[] }>('/api/v1/clients/c-1/agents');
    const [north] = agents;
    return north === undefined ? {} : heldAndEnforced(north);
  },
};

const heldAndEnforced = (agent: AgentDetail): AgentSaid => {
  const { held, enforced } = ofAgent(agent, 'north');
  return { ...(held === undefined ? {} : { held }), ...(enforced === undefined ? {} : { enforced }) };
};

function ofPanels([panel]: readonly PanelView[]): AgentSaid {
  return panel === undefined
    ? {}
    : { enforced: panel.enforce.value === 'on', braked: panel.brake !== null, down: panel.downSince !== null };
}

/** The states of a document, as the table of the command has them. */
function ofAgentsAsTable(agents: readonly AgentView[]): string {
  return agents.map((agent) => `${agent.name} ${toAgentStatus(agent)}`).join('\n');
}

function expectSame(one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other))
    throw new Error(`${JSON.stringify(one)} and ${JSON.stringify(other)} of one surface differ`);
}
