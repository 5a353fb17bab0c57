import type { InitQuestions } from '@sluice/panel-kind';
import { KINDS } from '../kinds.js';

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
  /** Word of the kind. */
  kind: string;
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

/** Words of the kinds that `init` knows. */
export const KIND_NAMES: readonly string[] = KINDS.map(({ kind }) => kind);

/** Returns what is asked about a panel of a known kind. */
export function questionsOf(kind: string): InitQuestions {
  const found = KINDS.find((known) => known.kind === kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  return found.init;
}

/** A config key as an option and a file name have it: `apiKey` is `api-key`. */
export function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
