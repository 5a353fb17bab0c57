import {
  type ApplyContext,
  isoNow,
  type Observation,
  type Panel,
  type PanelDependencies,
  type PanelFacets,
  type PanelKind,
  type PanelToOpen,
  performChange,
  type Step,
  type StepOutcome,
  toItemError,
  toPanelEntry,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import { type MeterRow, WaterworksClient } from './client.js';
import { WaterworksAgents } from './agents.js';
import { isRepeat, type MeterState, planMeter, resolveAction, toOutcome } from './plan.js';

/** A panel as small as one can be, the core alone: two valves per service, which are shut for a hold. */
export class WaterworksPanel implements Panel<MeterState> {
  readonly kind: PanelKind;
  readonly name: string;
  readonly url: string;
  protected readonly client: WaterworksClient;
  readonly #dependencies: PanelDependencies;

  constructor(kind: PanelKind, panel: PanelToOpen, dependencies: PanelDependencies) {
    this.kind = kind;
    this.name = panel.name;
    this.url = panel.settings.url;
    this.client = new WaterworksClient(panel, dependencies);
    this.#dependencies = dependencies;
  }

  test = async () => ({ message: `${(await this.client.list()).length} meters` });

  readUsage: Panel['readUsage'] = async (requests, onAnswer, signal) => {
    await Promise.all(
      requests.map(async ({ service, window }) => {
        const at = isoNow(this.#dependencies.clock);
        const rest = { raw: null, shape: [], warnings: [] };
        try {
          const meter = findMeter(service, await this.client.list(signal));
          if (meter.meter === null || meter.isForeign) throw new Error('There is no such meter.');
          const totalBytes = await this.client.flow(meter.meter.id, window, signal);
          onAnswer(service.id, { ...rest, reading: { known: true, at, inBytes: null, outBytes: null, totalBytes } });
        } catch (error) {
          onAnswer(service.id, { ...rest, reading: { known: false, at, ...toItemError(error) } });
        }
      }),
    );
  };

  observe: Panel<MeterState>['observe'] = async (services, signal) => {
    const at = (): string => isoNow(this.#dependencies.clock);
    try {
      const meters = await this.client.list(signal);
      return toObservations(services, (service) => ({ at: at(), state: findMeter(service, meters), error: null }));
    } catch (error) {
      return toObservations(services, () => ({ at: at(), state: null, error: toItemError(error) }));
    }
  };

  plan = planMeter;
  resolve = resolveAction;
  resources: Panel['resources'] = ({ refs }) => (refs['meter_id'] === undefined ? [] : [`meter:${refs['meter_id']}`]);

  /** Reads the meter, changes it once, and reads it again; only that decides how the change ended. */
  apply: Panel['apply'] = (service, step, context) => {
    const read = async (): Promise<StepOutcome> => toOutcome(step, step.payload, await this.#read(service, step));
    return performChange<StepOutcome>(
      {
        before: async () => {
          try {
            const before = await read();
            return before.state === 'applied' ? await doneBefore(before, step, context) : null;
          } catch (error) {
            return { state: 'failed', observed: null, error: toItemError(error) };
          }
        },
        call: () => this.#call(step),
        read,
        isDone: ({ state }) => state === 'applied',
        waitsMs: () => [0],
        end: ({ failure, isRefused, isDone, seen, unreadable }) => {
          if (seen === undefined)
            return { state: 'in-doubt', observed: null, error: toItemError(failure ?? unreadable) };
          if (isDone) return seen;
          // Without a refusal it may still happen.
          return isRefused ? { ...seen, error: toItemError(failure) } : { ...seen, state: 'in-doubt' };
        },
      },
      { clock: this.#dependencies.clock, calling: () => context.calling() },
    );
  };

  async #read({ refs }: ServiceRecord, { type, target }: Step): Promise<MeterRow | null> {
    if (type !== 'create-meter') return this.client.get(target.split('/')[0] ?? '');
    return (await this.client.list()).find(({ name }) => name === refs['meter_name']) ?? null;
  }

  #call({ type, target, payload }: Step): Promise<void> {
    if (type === 'create-meter') return this.client.create(payload as object);
    if (type === 'delete-meter') return this.client.change('DELETE', target);
    if (type === 'set-pipe') return this.client.change('PATCH', target, payload as object);
    const [id = '', valve = ''] = target.split('/');
    return this.client.change('POST', `${id}/valves/${valve}/${type === 'shut-valve' ? 'shut' : 'open'}`);
  }

  close(): void {
    this.client.close();
  }
}

/** What was so before the call is not ours, unless it was an earlier call of ours. */
async function doneBefore(found: StepOutcome, step: Step, { earlier }: ApplyContext): Promise<StepOutcome> {
  if (step.type !== 'shut-valve' || isRepeat(step, await earlier())) return found;
  return { ...found, state: 'unneeded' };
}

function findMeter({ refs }: ServiceRecord, meters: readonly MeterRow[]): MeterState {
  const { meter_id: id, meter_name: known } = refs;
  const meter = meters.find((one) => (id === undefined ? one.name === known : one.id === id)) ?? null;
  return { meter, isForeign: meter !== null && known !== undefined && meter.name !== known };
}

function toObservations(
  services: readonly ServiceRecord[],
  observe: (service: ServiceRecord) => Omit<Observation<MeterState>, 'service'>,
): Map<string, Observation<MeterState>> {
  return new Map(services.map((service) => [service.id, { service: service.id, ...observe(service) }]));
}

/** The same with two facets: meters are created and removed, and listed for what no service names. */
export class WaterworksWithAccounts extends WaterworksPanel {
  readonly inventory: PanelFacets['inventory'] = {
    list: async (signal) =>
      (await this.client.list(signal)).map(({ id, name, litres }) =>
        toPanelEntry({ object: 'meter', id, refs: { meter_id: id, meter_name: name } }, { name, usedBytes: litres }),
      ),
  };
  readonly accounts: PanelFacets<MeterState>['accounts'] = {
    newRefs: (_service, _product, randomBytes) => ({
      meter_name: `w-${Buffer.from(randomBytes(8)).toString('hex')}`,
    }),
    exists: ({ state }) => state && state.meter !== null && !state.isForeign,
    check: () => null,
    doneOutcome: () => ({ state: 'applied', observed: null, error: null }),
  };
}

/** The same with another facet: wholesalers have limits. */
export class WaterworksWithAgents extends WaterworksPanel {
  readonly agents: PanelFacets['agents'];

  constructor(...of: ConstructorParameters<typeof WaterworksPanel>) {
    super(...of);
    const [, { name }, { clock, randomBytes }] = of;
    this.agents = new WaterworksAgents(this.client, { name, clock, randomBytes });
  }
}
