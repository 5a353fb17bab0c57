import type { Bench, PanelKindSuite } from './bench.js';
import { DAY, HOUR, requireDone } from './bench.js';
import type { SuiteSluice } from './engine.js';
import type { LimitedProduct, PanelWorlds, ReleaseWay, SuiteService } from './world.js';

/** An operation on a bench. */
export interface Operation<Sluice extends SuiteSluice> {
  name: string;
  product: string | undefined;
  withoutAccount: boolean;
  setUp(bench: Bench<Sluice>, service: SuiteService): Promise<void>;
  readonly run: (sluice: Sluice, service: SuiteService) => Promise<{ run: { outcome: string } }>;
  /** Reverses it; absent where nothing does. */
  readonly reverse?: (sluice: Sluice, service: SuiteService) => Promise<{ run: { outcome: string } }>;
}

const nothing = (): Promise<void> => Promise.resolve();

/** Exceeds the limit of a service, and polls until it is held. */
export async function hold<Sluice extends SuiteSluice>(bench: Bench<Sluice>, service: SuiteService): Promise<void> {
  bench.world.exceed(service);
  const held = await bench.poll(service.id);
  if (held.outcome !== 'done' || held.holds.length === 0 || !bench.world.isRestricted(service))
    throw new Error(`${service.id} is not held: ${held.outcome}, ${held.error?.message ?? held.status}`);
}

/** Makes the limit of a service one that it does not exceed; the next poll ends its hold. */
export async function letGo<Sluice extends SuiteSluice>(
  { sluice, clock }: Bench<Sluice>,
  { id }: SuiteService,
  way: ReleaseWay,
): Promise<void> {
  if (way === 'raise') await sluice.overrides.set(id, { quota: '1000GB' });
  else if (way === 'day') clock.set(Math.floor(clock.now() / DAY + 1) * DAY + HOUR);
  else {
    requireDone(await sluice.provision.renew(id, { until: '2027-01-15' }), 'renew');
    clock.set('2026-12-15T03:00:00Z');
  }
}

/** Returns the operations of a kind: those that every kind has, those of accounts, and its own. */
export function listOperations<Sluice extends SuiteSluice>({
  kind,
  worlds,
}: PanelKindSuite<Sluice>): Operation<Sluice>[] {
  const base = { product: undefined, withoutAccount: false, setUp: nothing };
  const own = Object.entries(worlds.operations ?? {}).map(([name, operation]): Operation<Sluice> => ({
    ...base,
    name,
    product: operation.product,
    withoutAccount: operation.withoutAccount === true,
    setUp: async ({ sluice, world }, service) => operation.setUp?.(sluice, service, world),
    run: operation.run,
    ...(operation.reverse === undefined ? {} : { reverse: operation.reverse }),
  }));
  const repairs: Operation<Sluice>[] = !worlds.staffActs.includes('damage')
    ? []
    : [
        {
          ...base,
          name: 'a reconcile that repairs',
          setUp: ({ clock, world }, service) => {
            clock.advance(HOUR);
            world.act('damage', service);
            return nothing();
          },
          run: (sluice) => sluice.reconcile(),
        },
      ];
  return [
    ...worlds.limited.flatMap((product) => limitOperations<Sluice>(product)),
    ...(kind.capabilities.includes('accounts') ? accountOperations<Sluice>(worlds, kind.capabilities) : []),
    ...repairs,
    ...own,
  ];
}

/** What a limit starts and ends, and an operator's suspension under the same product. */
function limitOperations<Sluice extends SuiteSluice>({ name, releases }: LimitedProduct): Operation<Sluice>[] {
  const base = { product: name, withoutAccount: false };
  const suspend = (sluice: Sluice, { id }: SuiteService) => sluice.provision.suspend(id);
  const unsuspend = (sluice: Sluice, { id }: SuiteService) => sluice.provision.unsuspend(id);
  return [
    {
      ...base,
      name: `a poll that holds (${name})`,
      setUp: (bench, service) => {
        bench.world.exceed(service);
        bench.clock.advance(HOUR);
        return nothing();
      },
      run: (sluice) => sluice.poll(),
    },
    ...releases.map((way): Operation<Sluice> => ({
      ...base,
      name: `a poll that releases (${name}, ${way})`,
      setUp: async (bench, service) => {
        await hold(bench, service);
        await letGo(bench, service, way);
      },
      run: (sluice) => sluice.poll(),
    })),
    { ...base, name: `suspend (${name})`, setUp: nothing, run: suspend, reverse: unsuspend },
    {
      ...base,
      name: `unsuspend (${name})`,
      setUp: async ({ sluice }, { id }) => {
        requireDone(await sluice.provision.suspend(id), 'suspend');
      },
      run: unsuspend,
      reverse: suspend,
    },
  ];
}

function accountOperations<Sluice extends SuiteSluice>(
  { package: other, fixedPasswords }: PanelWorlds<Sluice>,
  capabilities: readonly string[],
): Operation<Sluice>[] {
  const base = { product: undefined, withoutAccount: false, setUp: nothing };
  const all: (Operation<Sluice> | null)[] = [
    { ...base, name: 'create', withoutAccount: true, run: (sluice, { id }) => sluice.provision.create(id) },
    { ...base, name: 'renew', run: (sluice, { id }) => sluice.provision.renew(id, { until: '2027-02-15' }) },
    other === undefined
      ? null
      : { ...base, name: 'change-package', run: (sluice, { id }) => sluice.provision.changePackage(id, other) },
    capabilities.includes('passwords') && fixedPasswords !== true
      ? { ...base, name: 'change-password', run: (sluice, { id }) => sluice.provision.changePassword(id) }
      : null,
    { ...base, name: 'terminate', run: (sluice, { id }) => sluice.provision.terminate(id) },
  ];
  return all.filter((operation) => operation !== null);
}
