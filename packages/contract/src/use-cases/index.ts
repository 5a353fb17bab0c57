import { access } from './access.js';
import { adoption } from './adoption.js';
import { agents } from './agents.js';
import { autoBuy } from './auto-buy.js';
import { calls } from './calls.js';
import { clients } from './clients.js';
import { credit } from './credit.js';
import { dids } from './dids.js';
import { further } from './further.js';
import type { Entry } from './group.js';
import { holds } from './holds.js';
import { instance } from './instance.js';
import { invoices } from './invoices.js';
import { log } from './log.js';
import { notices } from './notices.js';
import { overrides } from './overrides.js';
import { panels } from './panels.js';
import { provision } from './provision.js';
import { purchases } from './purchases.js';
import { services } from './services.js';
import type { Input } from './shapes.js';
import { telephony } from './telephony.js';
import { usage } from './usage.js';

/** The groups of the engine's methods, in their order. */
interface Groups {
  readonly services: typeof services;
  readonly holds: typeof holds;
  readonly provision: typeof provision;
  readonly agents: typeof agents;
  readonly panels: typeof panels;
  readonly adoption: typeof adoption;
  readonly usage: typeof usage;
  readonly overrides: typeof overrides;
  readonly purchases: typeof purchases;
  readonly autoBuy: typeof autoBuy;
  readonly credit: typeof credit;
  readonly clients: typeof clients;
  readonly invoices: typeof invoices;
  readonly calls: typeof calls;
  readonly dids: typeof dids;
  readonly telephony: typeof telephony;
  readonly log: typeof log;
  readonly access: typeof access;
  readonly notices: typeof notices;
}

const GROUPS: Groups = {
  services,
  holds,
  provision,
  agents,
  panels,
  adoption,
  usage,
  overrides,
  purchases,
  autoBuy,
  credit,
  clients,
  invoices,
  calls,
  dids,
  telephony,
  log,
  access,
  notices,
};

/** A group of the engine's methods: `holds`, `services`. */
export type UseCaseGroup = keyof Groups;

/** The names of a group's methods. */
export type GroupMethod<Group extends UseCaseGroup> = keyof Groups[Group] & string;

/** A method of the engine: `poll`, `holds.add`. */
export type Method =
  | keyof typeof instance
  | { [Group in UseCaseGroup]: `${Group}.${GroupMethod<Group>}` }[UseCaseGroup];

/** What somebody may do with Sluice: a method of the engine (`poll`, `holds.add`), or what is offered besides. */
export type UseCase = Method | keyof typeof further;

/** The entry of a use case. */
export type NamedEntry<Name extends UseCase> = Name extends keyof typeof instance
  ? (typeof instance)[Name]
  : Name extends keyof typeof further
    ? (typeof further)[Name]
    : Name extends `${infer Group}.${infer Own}`
      ? Group extends UseCaseGroup
        ? Own extends keyof Groups[Group]
          ? Groups[Group][Own]
          : never
        : never
      : never;

type Words<Offered> = Offered extends { command: infer Own }
  ? Own extends readonly (infer One extends string)[]
    ? One
    : Own & string
  : never;

/** The words of a command without the program's name, with the option that selects what it does: `hold add`, `hold release --all`. */
export type Command = { [Name in UseCase]: Words<NamedEntry<Name>> }[UseCase];

/** What each method of a group accepts; '': those of the instance itself. */
export type MethodInputs<Group extends UseCaseGroup | ''> = AcceptedInputs<
  Group extends UseCaseGroup ? Groups[Group] : typeof instance
>;
type AcceptedInputs<Entries> = {
  [Name in keyof Entries as Entries[Name] extends { accepts: unknown } ? Name : never]: Entries[Name] extends {
    accepts: () => infer Accepted;
  }
    ? Accepted
    : never;
};

const ENTRIES: Readonly<Record<UseCase, Entry>> = {
  ...instance,
  ...(Object.fromEntries(
    Object.entries<Readonly<Record<string, Entry>>>({ ...GROUPS }).flatMap(([group, entries]) =>
      Object.entries(entries).map(([name, entry]) => [`${group}.${name}`, entry]),
    ),
  ) as Record<Exclude<Method, keyof typeof instance>, Entry>),
  ...further,
};

/** Who may call a use case, which command does it, and whether that is long. */
type Callable = Pick<Entry, 'callers' | 'command' | 'isLong'>;

/** The engine's methods, `poll`, `services.import`, in their order. */
export const METHODS: readonly Method[] = Object.keys(ENTRIES).filter(
  (name) => !Object.hasOwn(further, name),
) as Method[];

/**
 * The use cases of Sluice. The library, the HTTP API, the pages, share links and the OpenAPI document ask this list and nothing else. What
 * they accept and their endpoints are made when they are asked for, so that the list costs a start nothing.
 */
export const USE_CASES: Readonly<Record<UseCase, Callable>> = ENTRIES;

/** Lists the use cases with their entries. */
export function listUseCases(): (readonly [UseCase, Entry])[] {
  return Object.entries(ENTRIES) as [UseCase, Entry][];
}

const made = new Map<string, Input | null>();

/** Returns what a method of the engine accepts; null where it accepts nothing, or is none. */
export function findInput(method: string): Input | null {
  const known = made.get(method);
  if (known !== undefined) return known;
  const entry = Object.hasOwn(ENTRIES, method) ? ENTRIES[method as Method] : undefined;
  const input = entry?.accepts?.() ?? null;
  made.set(method, input);
  return input;
}
