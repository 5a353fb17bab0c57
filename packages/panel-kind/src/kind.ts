import type { CallEvent } from '@sluice/panel-http';
import { normaliseBaseUrl } from '@sluice/panel-http/base-url';
import type { ActionRecord, SourceFacts } from '@sluice/quota-core';
import type { ZodMiniType } from 'zod/mini';
import type { Clock } from './clock.js';
import type { LookupList } from './facets.js';
import type { OldTool } from './old-tool.js';
import type { Panel } from './panel.js';
import type { PanelToOpen } from './panel-to-open.js';
import type { Capability, KindTraits } from './traits.js';
import type { PanelSettings, ProductSettings } from './settings.js';

/** What a panel is opened with from outside. */
export interface PanelDependencies {
  clock: Clock;
  /** Jitter and the like, in [0, 1). */
  random: () => number;
  /** Cryptographically strong bytes. */
  randomBytes: (count: number) => Uint8Array;
  /** Called for every call to the panel. */
  onCall: (event: CallEvent) => void;
  /** Awaited before each call to the panel, for a rate that all processes share; absent where none is. */
  admit?: ((signal: AbortSignal | undefined) => Promise<void>) | undefined;
  /** Returns the secret that a config value refers to; `key` names the value in messages. */
  secret: (value: string, key: string) => string;
  /** Returns the text of a file that the config names; `key` names the value in messages. */
  readFile: (file: string, key: string) => string;
  /** Reads the journal. */
  journal: { list(filter: { service?: string; since?: string }): Promise<ActionRecord[]> };
}

/** A column of the service import with an id or name from the panel. */
export interface RefColumn {
  /** Name of the column and of the ref, such as `flvx_user_id`. */
  name: string;
  /** The form of a valid value; where it ignores the case, values are stored in lower case. */
  fits: RegExp;
  /** Describes a valid value. */
  words: string;
  /** Whether every service on such a panel needs it. */
  required?: boolean;
  /** Whether it identifies the service's object on the panel, so that two services with the same value are a mistake. */
  unique?: boolean;
  /** Whether two services never have it at the same time, also where the caller allows duplicates: usage of it is billed. */
  exclusive?: boolean;
}

/** What `sluice init` asks about a panel of the kind, and what it writes. */
export interface InitQuestions {
  /** Proposed name of the panel. */
  defaultName: string;
  /** Config keys of its secrets. */
  secrets: readonly string[];
  /** Its other keys; those with a default are asked for on a terminal only. */
  texts: readonly { key: string; default: string | null }[];
  /** Lines of YAML with optional keys; each is valid once it is uncommented. */
  laterKeys: readonly string[];
  /** A product on such a panel, as lines of YAML below its `panel`. */
  product: { name: string; lines: readonly string[]; choices?: readonly ProductChoice[] };
}

/** A key of the first product whose value is an id of a list of the panel. One is not asked for where another has replaced its part. */
export interface ProductChoice {
  list: LookupList | 'tunnels';
  /** Names of entries that are not offered. */
  except?: RegExp;
  /** Whether the product needs one: the first that is offered, where none is chosen. */
  required?: boolean;
  /** What the id is of, in the question. */
  title: string;
  /** Part of a line of the product… */
  replaces: string;
  /** …and what it becomes, with `ID` for the chosen id. */
  with: string;
}

/** A planned change, or one in the journal. */
export interface NamedAction {
  type: string;
  target: string;
  prior: unknown;
  /** Of the planned step. */
  payload: unknown;
}

/** The refs with id and name of the account that a customer logs in with. */
export interface CustomerLogin {
  idRef: string;
  nameRef: string;
}

/** A link that customers use an account with. */
export interface CustomerLink {
  url: string;
  /** What is to be filled in before the link can be used; null for nothing. */
  unknown: string | null;
}

/** Where customers run programs. */
export type Platform = 'android' | 'ios' | 'windows' | 'macos' | 'linux';

/** A program of customers that imports a link by an address of its own. */
export interface CustomerApp {
  /** What its makers call it. */
  name: string;
  platforms: Platform[];
  /** Opens the program and imports the link. */
  url: string;
}

/** What a panel can't do although others of its kind can. */
export interface PanelLacks {
  readonly capabilities: readonly Capability[];
  /** Fields that customers can't change there, whatever its products say. */
  readonly customerFields: readonly string[];
}

/**
 * A complete description of a kind of panel: its config, the import columns of its services, its capabilities, and how it is
 * opened. A new kind needs a package with one of these, and an entry in the list of kinds that is passed to the engine.
 */
export interface PanelKind extends KindTraits {
  /** Its name in messages. */
  readonly title: string;
  /** Schemas of the config keys that such a panel has in addition to the common ones. */
  readonly panelShape: Readonly<Record<string, ZodMiniType>>;
  /** Schema of the section that its products may have. */
  readonly productSchema?: ZodMiniType;
  /** Name of that section; default: the kind's name. Kinds with the same section have the same schema. */
  readonly productSection?: string;
  /** Descriptions of the config keys, by path: `panel.token`, `product.tunnelId`. */
  readonly descriptions: Readonly<Record<string, string>>;
  /**
   * Config keys of alternative credentials, such as `[['username', 'password'], ['token']]`: a panel has all keys of exactly
   * one. Absent where the schema requires all of them.
   */
  readonly credentials?: readonly (readonly string[])[];
  readonly refs: readonly RefColumn[];
  /** What fills columns of services that a billing system lists; absent: custom fields alone. */
  readonly facts?: SourceFacts;
  readonly init: InitQuestions;
  /** Throws an error for an address that the kind's client refuses before its first call; absent where `normaliseBaseUrl` decides. Pure. */
  readonly checkUrl?: (url: string) => void;
  /** Whether the path of its address is a secret. */
  readonly secretPath?: boolean;
  /** Whether details of a service show its account on the panel. */
  readonly showsAccount?: boolean;
  /** Whether an account ends with its service's due date; absent where it has no end on the panel. */
  readonly accountsExpire?: boolean;
  /** Absent where customers do not log in to the panel at its address. */
  readonly login?: CustomerLogin;
  /** The ref whose value an operator types to confirm a removal; absent where a yes is enough. */
  readonly confirmedBy?: string;
  /** Returns the links of an account, by the panel's config and the required ref; absent where there are none. Pure. */
  readonly customerLinks?: (panel: Pick<PanelToOpen, 'name' | 'settings'>, account: string) => CustomerLink[];
  /** Returns the usual programs that import a link of an account, those first that most people use; absent where there are none. Pure. */
  readonly customerApps?: (link: string) => CustomerApp[];
  /** Returns for how many days an account without a due date is valid from its first use. Pure. */
  readonly daysFromFirstUse?: (product: ProductSettings) => number;
  /** Returns for how many days after the due date an account stays as it is; absent: for none. Pure. */
  readonly graceDays?: (product: ProductSettings) => number;
  /** Returns the fields that a product lets its customers change by themselves; absent where there are none. Pure. */
  readonly customerMay?: (product: ProductSettings) => readonly string[];
  /** Returns what a panel lacks by its config, which may name a file; absent where all panels of the kind can do the same. Calls no panel. */
  readonly lacks?: (
    panel: Pick<PanelToOpen, 'name' | 'settings'>,
    dependencies: Pick<PanelDependencies, 'readFile'>,
  ) => Promise<PanelLacks>;
  /** Returns the first day whose calls are due for billing; null where the config of the panel states none; absent where every call is due. Pure. */
  readonly billFrom?: (panel: PanelSettings) => string | null;
  /** Returns the clients who are agents, each with uuid or name of its agent. Pure. */
  readonly agentClients?: (panel: PanelSettings) => Readonly<Record<string, string>>;
  /** Returns the uuids of agents by the integer ids that programs written for an add-on know them by. Pure. */
  readonly addonIds?: (panel: PanelSettings) => Readonly<Record<string, string>>;
  /** Returns the agents whose limits are not enforced, each by uuid or name. Pure. */
  readonly exemptAgents?: (panel: PanelSettings) => readonly string[];
  /** Returns the name of a change for operators, such as `disable port eth0 (100)`; by default its type and target. Pure. */
  readonly nameAction?: (action: NamedAction) => string;
  /** Tools that managed services of such panels before, by their names for `adopt --from`; absent for none. */
  readonly oldTools?: Readonly<Record<string, () => Promise<OldTool>>>;
  open(panel: PanelToOpen, dependencies: PanelDependencies): Promise<Panel>;
}

/** Throws an error that says why a kind's client refuses an address; plain http is accepted. */
export function checkPanelUrl({ checkUrl }: Pick<PanelKind, 'checkUrl'>, url: string): void {
  if (checkUrl === undefined) normaliseBaseUrl(url, { allowHttp: true });
  else checkUrl(url);
}

/** Returns the address of a panel without its secret path, and without a username and a password. */
export function maskedUrl(kind: Pick<PanelKind, 'secretPath'>, url: string): string {
  return kind.secretPath === true ? `${new URL(url).origin}/***/` : withoutCredentials(url);
}

/** Returns an address without a username and a password; one that has neither is returned unchanged. */
export function withoutCredentials(url: string): string {
  const address = new URL(url);
  if (address.username === '' && address.password === '') return url;
  address.username = '';
  address.password = '';
  return address.href;
}
