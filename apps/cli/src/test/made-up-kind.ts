import type {
  TargetState,
  Observation,
  Panel,
  PanelFacets,
  PanelKind,
  PanelToOpen,
  Plan,
  Step,
  StepOutcome,
} from '@sluice/panel-kind';
import { secret } from '@sluice/panel-kind';
import * as z from 'zod/mini';

/** A valve of the made-up panel: what a service is there. */
export interface Valve {
  shut: boolean;
  usedBytes: number;
}

/** What the made-up panel has; a test changes it and looks at it. */
export interface Waterworks {
  valves: Map<string, Valve>;
  /** Keys that the panel was opened with. */
  keys: string[];
}

interface ValveState {
  valve: Valve | null;
}

const step = (type: string, target: string, change: Partial<Step>): Step => ({
  type,
  target,
  hold: null,
  prior: null,
  payload: null,
  ends: [],
  begins: null,
  ...change,
});

function planValve(
  { service, holds, evidence, command: order, now }: TargetState,
  { state }: Observation<ValveState>,
): Plan {
  const plan: Plan = { steps: [], problems: [], endedEvidence: [], moves: [], drift: [] };
  const target = service.refs['valve'] ?? '';
  const valve = state?.valve ?? null;
  if (order?.verb === 'create' && valve === null) plan.steps.push(step('create-valve', target, { payload: { now } }));
  if (valve === null) return plan;
  const [hold] = holds;
  const [own] = evidence;
  if (hold !== undefined && !valve.shut) {
    const begins = { kind: 'valve', target, prior: { shut: false } };
    plan.steps.push(step('shut-valve', target, { hold: hold.id, prior: { shut: false }, begins }));
  }
  if (hold === undefined && own !== undefined) {
    if (valve.shut) plan.steps.push(step('open-valve', target, { hold: own.hold, ends: [own.id] }));
    else plan.endedEvidence.push({ evidence: own.id, outcome: 'dropped' });
  }
  return plan;
}

/** A panel as small as one can be, the core alone: a valve per service, which is shut for a hold. */
class WaterworksPanel implements Panel<ValveState> {
  readonly kind: PanelKind;
  readonly name: string;
  readonly url: string;
  readonly #works: Waterworks;
  readonly #now: () => string;

  constructor(kind: PanelKind, { name, settings }: PanelToOpen, works: Waterworks, now: () => string) {
    this.kind = kind;
    this.name = name;
    this.url = settings.url;
    this.#works = works;
    this.#now = now;
  }

  test = () => Promise.resolve({ message: `${this.#works.valves.size} valves` });

  readUsage: Panel['readUsage'] = (requests, onAnswer) => {
    for (const { service } of requests) {
      const valve = this.#works.valves.get(service.refs['valve'] ?? '');
      const at = this.#now();
      onAnswer(service.id, {
        reading: valve
          ? { known: true, at, inBytes: null, outBytes: null, totalBytes: valve.usedBytes }
          : { known: false, at, code: 'no_valve', message: 'There is no such valve' },
        raw: valve ?? null,
        shape: [],
        warnings: [],
      });
    }
    return Promise.resolve();
  };

  observe: Panel<ValveState>['observe'] = (services) => {
    const at = this.#now();
    return Promise.resolve(
      new Map(
        services.map(({ id, refs }) => {
          const valve = this.#works.valves.get(refs['valve'] ?? '') ?? null;
          return [id, { service: id, at, state: { valve: valve && { ...valve } }, error: null }];
        }),
      ),
    );
  };

  plan = planValve;

  apply: Panel['apply'] = async (_service, { type, target }, { calling }) => {
    await calling();
    const { valves } = this.#works;
    const valve = valves.get(target);
    if (type === 'create-valve') valves.set(target, { shut: false, usedBytes: 0 });
    else if (valve) valve.shut = type === 'shut-valve';
    return { state: 'applied', observed: valves.get(target) ?? null, error: null };
  };

  resolve = (): StepOutcome | null => null;

  resources = (service: { refs: Record<string, string> }): string[] => [`valve:${service.refs['valve'] ?? ''}`];

  close(): void {
    // There is nothing to close.
  }
}

/** The same with one facet: valves are made and removed. */
class WaterworksWithAccounts extends WaterworksPanel {
  readonly accounts: PanelFacets<ValveState>['accounts'] = {
    newRefs: () => ({ valve: 'v-new' }),
    exists: ({ state }) => state && state.valve !== null,
    check: () => null,
    doneOutcome: () => ({ state: 'applied', observed: null, error: null }),
  };
}

/** A kind that no package has: everything about it stands in this file. With `accounts` it has that facet. */
export function waterworksKind(works: Waterworks, { accounts = false } = {}): PanelKind {
  const Opened = accounts ? WaterworksWithAccounts : WaterworksPanel;
  const kind: PanelKind = {
    kind: 'waterworks',
    title: 'Waterworks',
    panelShape: { key: secret, district: z.optional(z.string()) },
    productSchema: z.strictObject({ pipe: z._default(z.string(), 'wide') }),
    descriptions: {
      'panel.key': 'Its key',
      'panel.district': 'Where it is',
      product: 'For products on waterworks',
      'product.pipe': 'Which pipe',
    },
    refs: [{ name: 'valve', fits: /^v-[\w-]+$/, words: 'v- and letters', required: true }],
    restrictions: ['shut'],
    suspension: 'shut',
    capabilities: ['usage', 'window-usage', 'enforce', 'suspend', ...(accounts ? (['accounts'] as const) : [])],
    requiredRef: 'valve',
    init: {
      defaultName: 'water',
      secrets: ['key'],
      texts: [{ key: 'district', default: 'north' }],
      laterKeys: ['district: south'],
      product: { name: 'tap', lines: ['quota: { total: 1TB }', 'waterworks: { pipe: narrow }'] },
    },
    open: (panel, { clock, secret: toSecret }) => {
      works.keys.push(toSecret(String(panel.settings['key']), `panels.${panel.name}.key`));
      return Promise.resolve(new Opened(kind, panel, works, () => new Date(clock.now()).toISOString()));
    },
  };
  return kind;
}
