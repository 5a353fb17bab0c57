import type { PanelKind } from '@sluice/panel-kind';

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
  /** The kinds that there are. */
  kinds: readonly PanelKind[];
}

/** A config key as an option and a file name have it: `apiKey` is `api-key`. */
export function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
