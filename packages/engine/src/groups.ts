import {
  findInput,
  type GroupMethod,
  type Method as MethodName,
  type Input,
  type MethodInputs,
  METHODS,
  type UseCaseGroup,
  whoMay,
} from '@sluice/contract';
import type { Sluice } from './sluice.js';
import type { RunCall } from './api/call.js';
import { usageError } from '@sluice/panel-kind';
import type * as z from 'zod/mini';
import { closest, distance } from 'fastest-levenshtein';
import { checkInput } from './base/inputs.js';
import { toSluiceError } from './base/to-sluice-error.js';

type Method = (...args: unknown[]) => Promise<unknown>;

/** How calls are run: those that change something, and those that only read or preview. */
export interface RunCalls {
  change: RunCall;
  read: RunCall;
  /** As `read`, and refused where changes are. */
  accept: RunCall;
  /** Lets `close` wait for a call. */
  count: <T>(running: Promise<T>) => Promise<T>;
}

/**
 * Returns the API of a group: its methods are there at once, their code and what they accept are loaded on the first call of one.
 */
function lazyApi<Api extends object>(group: UseCaseGroup, calls: RunCalls, load: (call: RunCall) => Promise<Api>): Api {
  const loading = new Map<RunCall, Promise<Api>>();
  const method =
    (name: string): Method =>
    async (...args) => {
      const call = calls[howToRun(`${group}.${name}` as MethodName, args)];
      const loaded = loading.get(call) ?? load(call);
      loading.set(call, loaded);
      const api = (await loaded) as Record<string, Method>;
      return api[name]?.(...args);
    };
  const methods = Object.fromEntries(
    listMethods(group).map((name) => [name, checked(`${group}.${name}`, calls, method(name))]),
  );
  return namingNearest(methods as Api, `sluice.${group}`);
}

/** Returns a method that checks what it is called with by what its use case accepts, and rejects with `SluiceError`s alone. */
export function checked<Args extends unknown[], T>(
  useCase: string,
  { count }: Pick<RunCalls, 'count'>,
  method: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const call = throwing((...args: Args) => {
    const input = findInput(useCase);
    if (input !== null) checkInput(input, args);
    return method(...args);
  });
  return (...args) => count(call(...args));
}

/** What is done without a config: a token that leaked can be ended whatever is wrong with it. */
const WITHOUT_CONFIG: ReadonlySet<MethodName> = new Set(['access.list', 'access.revoke']);

/** What `panels.doctor` stores where its request says so. */
const ACCEPTED = ['contract', 'acceptClock', 'takeOver'];

/** Returns how a call is run, by whether it changes more than it has to, to answer. */
function howToRun(method: MethodName, args: readonly unknown[]): Exclude<keyof RunCalls, 'count'> {
  const states = (key: string): boolean =>
    args.some((options) => (options as Record<string, unknown> | undefined)?.[key] === true);
  if (method === 'panels.doctor') return ACCEPTED.some(states) ? 'accept' : 'read';
  const { provider } = whoMay(method);
  if (provider.length === 0 || provider.includes('read') || WITHOUT_CONFIG.has(method)) return 'read';
  return states('dryRun') ? 'read' : 'change';
}

/** Returns a method that rejects with `SluiceError`s alone, also where its arguments can't be taken apart. */
export function throwing<Args extends unknown[], T>(
  method: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  return async (...args) => {
    try {
      return await method(...args);
    } catch (error) {
      throw toSluiceError(error);
    }
  };
}

/**
 * Returns the object with an error for a name that is nearly one of its own. Other names are undefined as on every object: test
 * tools, loggers and frameworks ask each object that they get for methods of theirs.
 */
export function namingNearest<T extends object>(object: T, path: string): T {
  const names = Object.keys(object);
  return new Proxy(object, {
    get: (target, name, receiver) => {
      const found: unknown = Reflect.get(target, name, receiver);
      if (found !== undefined || typeof name !== 'string' || name in target) return found;
      const nearest = closest(name, names);
      if (distance(name.toLowerCase(), nearest.toLowerCase()) > mostDistance(name)) return undefined;
      throw usageError('unknown_method', `There is no ${path}.${name}; did you mean ${path}.${nearest}?`, {
        name,
        nearest,
      });
    },
  });
}

/** Short names are near to many, and `await` asks every object for `then`. */
function mostDistance(name: string): number {
  if (name === 'then' || name.length < 3) return 0;
  return name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
}

/** The groups of an instance's calls. */
export type Groups = Omit<
  Sluice,
  | 'config'
  | 'poll'
  | 'reconcile'
  | 'plan'
  | 'explain'
  | 'overview'
  | 'standing'
  | 'watchQueue'
  | 'version'
  | 'metrics'
  | 'queue'
  | 'close'
  | keyof AsyncDisposable
>;

/** A group, if the list of use cases has just its methods, and each accepts what its inputs say. */
type Listed<Name extends keyof Groups> = [
  Exclude<keyof Groups[Name], GroupMethod<Name>>,
  Exclude<GroupMethod<Name>, keyof Groups[Name]>,
  Differing<Groups[Name], MethodInputs<Name>>,
] extends [never, never, never]
  ? Groups[Name]
  : never;

/** The methods whose parameters are not what their inputs say, either way. */
export type Differing<Api, Inputs> = {
  [Name in keyof Api]: Name extends keyof Inputs
    ? Agreeing<Api[Name], Inputs[Name]> extends true
      ? never
      : Name
    : WithoutInput<Api[Name], Name>;
}[keyof Api];

type Agreeing<Called, Taken> = Called extends (...args: infer Args) => unknown
  ? Taken extends Input<infer Shape>
    ? Args extends z.input<Shape>
      ? z.output<Shape> extends Args
        ? true
        : false
      : false
    : false
  : false;

type WithoutInput<Called, Name> = Called extends () => unknown ? never : Name;

/** Returns the names of a group's methods, in the order of the use cases. */
function listMethods(group: UseCaseGroup): string[] {
  const names = METHODS.filter((name) => name.startsWith(`${group}.`));
  return names.map((name) => name.slice(group.length + 1));
}

/** Returns the groups of calls; the code of each is loaded on its first call. */
export function groups(calls: RunCalls): Groups {
  const lazily = <Name extends keyof Groups>(
    name: Name,
    load: (call: RunCall) => Promise<Listed<Name>>,
  ): Groups[Name] => lazyApi<Groups[Name]>(name, calls, load);
  return {
    services: lazily('services', async (call) => (await import('./api/services.js')).servicesApi(call)),
    holds: lazily('holds', async (call) => (await import('./api/holds.js')).holdsApi(call)),
    provision: lazily('provision', async (call) => (await import('./api/provision.js')).provisionApi(call)),
    agents: lazily('agents', async (call) => (await import('./api/agents.js')).agentsApi(call)),
    panels: lazily('panels', async (call) => (await import('./api/panels.js')).panelsApi(call)),
    adoption: lazily('adoption', async (call) => (await import('./api/adoption.js')).adoptionApi(call)),
    usage: lazily('usage', async (call) => (await import('./api/usage.js')).usageApi(call)),
    overrides: lazily('overrides', async (call) => (await import('./api/overrides.js')).overridesApi(call)),
    purchases: lazily('purchases', async (call) => (await import('./api/purchases.js')).purchasesApi(call)),
    autoBuy: lazily('autoBuy', async (call) => (await import('./api/auto-buy.js')).autoBuyApi(call)),
    credit: lazily('credit', async (call) => (await import('./api/billing.js')).creditApi(call)),
    clients: lazily('clients', async (call) => (await import('./api/clients.js')).clientsApi(call)),
    invoices: lazily('invoices', async (call) => (await import('./api/billing.js')).invoicesApi(call)),
    calls: lazily('calls', async (call) => (await import('./api/calls.js')).callsApi(call)),
    dids: lazily('dids', async (call) => (await import('./api/dids.js')).didsApi(call)),
    telephony: lazily('telephony', async (call) => (await import('./api/telephony.js')).telephonyApi(call)),
    log: lazily('log', async (call) => (await import('./api/log.js')).logApi(call)),
    access: lazily('access', async (call) => (await import('./api/access.js')).accessApi(call)),
    notices: lazily('notices', async (call) => (await import('./api/notices.js')).noticesApi(call)),
  };
}
