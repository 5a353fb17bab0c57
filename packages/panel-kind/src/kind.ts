import type { CallEvent } from '@sluice/panel-http';
import type { ActionRecord } from '@sluice/quota-core';
import type { ZodMiniType } from 'zod/mini';
import type { Clock } from './clock.js';
import type { Panel } from './panel.js';
import type { KindTraits } from './traits.js';
import type { PanelSettings, ProductSettings } from './settings.js';

/** A panel of the config that is to be opened. */
export interface PanelToOpen {
  /** Its name in the config. */
  name: string;
  settings: PanelSettings;
  /** IANA time zone of its billing dates. */
  timeZone: string;
  /** Its products, by name. */
  products: Record<string, ProductSettings>;
}

/** What a panel is opened with from outside. */
export interface PanelDependencies {
  clock: Clock;
  /** Jitter and the like, in [0, 1). */
  random: () => number;
  /** Cryptographically strong bytes. */
  randomBytes: (count: number) => Uint8Array;
  /** Receives every call to the panel. */
  onCall: (event: CallEvent) => void;
  /** Returns the secret that a value of the config stands for; `key` names its place in messages. */
  secret: (value: string, key: string) => string;
  /** Returns the text of a file that the config names; `key` names its place in messages. */
  readFile: (file: string, key: string) => string;
  /** Reads the journal. */
  journal: { list(filter: { service?: string; since?: string }): Promise<ActionRecord[]> };
}

/** A column of the service import that holds an id or a name of the panel. */
export interface RefColumn {
  /** Name of the column and of the ref, such as `flvx_user_id`. */
  name: string;
  fits: RegExp;
  /** What a value has to be, in words. */
  words: string;
  /** Whether a service on such a panel has to have it. */
  required?: boolean;
}

/** What `sluice init` asks about a panel of the kind, and what it writes. */
export interface InitQuestions {
  /** Name that is proposed for the panel. */
  defaultName: string;
  /** Config keys of its secrets. */
  secrets: readonly string[];
  /** Its other keys; a default makes the question one that is asked on a terminal. */
  texts: readonly { key: string; default: string | null }[];
  /** Lines of YAML with keys that one may want later; each is valid once it is uncommented. */
  laterKeys: readonly string[];
  /** A product on such a panel, as lines of YAML below its `panel`. */
  product: { name: string; lines: readonly string[] };
}

/** Where customers log in to the panel: the refs that hold their account's id and name. */
export interface CustomerLogin {
  idRef: string;
  nameRef: string;
}

/**
 * A kind of panel, described completely: what its part of the config looks like, which columns a service has for it, what it
 * can do, and how it is opened. A new kind needs a package with one of these, and an entry in the list of kinds that a
 * program hands to the engine.
 */
export interface PanelKind extends KindTraits {
  /** Its name in messages. */
  readonly title: string;
  /** Config keys of such a panel beside those of every panel, each with its schema. */
  readonly panelShape: Readonly<Record<string, ZodMiniType>>;
  /** Schema of the section that its products may have under its name; absent where they have none. */
  readonly productSchema?: ZodMiniType;
  /** What each key is for, by its path: `panel.token`, `product.tunnelId`. */
  readonly descriptions: Readonly<Record<string, string>>;
  readonly refs: readonly RefColumn[];
  readonly init: InitQuestions;
  /** Whether details of a service show the account that the panel has for it. */
  readonly showsAccount?: boolean;
  /** Absent where customers do not log in to the panel at its address. */
  readonly login?: CustomerLogin;
  open(panel: PanelToOpen, dependencies: PanelDependencies): Promise<Panel>;
}
