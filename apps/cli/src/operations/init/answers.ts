import type { PanelConfig } from '../../config/schema.js';

export type PanelKind = PanelConfig['kind'];

/** Where the config will find a secret. */
export type SecretAnswer =
  | { from: 'env'; name: string }
  /** As the config states it: absolute, or relative to the config file. */
  | { from: 'file'; path: string }
  | { from: 'credential'; name: string }
  | { from: 'cmd'; program: string }
  /** Given by hand: kept in a file of its own beside the config, or in the config itself. */
  | { from: 'typed'; value: string; keep: 'file' | 'config' };

/** One panel as the operator described it. */
export interface PanelAnswer {
  name: string;
  kind: PanelKind;
  url: string;
  allowHttp: boolean;
  /** Other keys of this kind, such as `username`. */
  texts: Record<string, string>;
  /** By config key: `token`, `password`, … */
  secrets: Record<string, SecretAnswer>;
}

/** All that `init` has to know. */
export interface InitAnswers {
  timeZone: string;
  state: string;
  currency: string | null;
  panels: PanelAnswer[];
}

/** What a kind of panel is asked about. */
export interface KindQuestions {
  defaultName: string;
  /** Config keys of its secrets. */
  secrets: string[];
  /** Its other keys; a default makes the question one that is asked on a terminal. */
  texts: { key: string; default: string | null }[];
}

export const KINDS: Record<PanelKind, KindQuestions> = {
  easydcim: { defaultName: 'dcim', secrets: ['token'], texts: [{ key: 'impersonate', default: null }] },
  flvx: { defaultName: 'relay', secrets: ['password'], texts: [{ key: 'username', default: 'admin' }] },
  hiddify: { defaultName: 'vpn', secrets: ['apiKey'], texts: [] },
};

export const KIND_NAMES = Object.keys(KINDS) as PanelKind[];

/** A config key as an option and a file name have it: `apiKey` is `api-key`. */
export function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
