import type { PanelKind } from '@sluice/panel-kind';

/** Where the config will find a secret. */
export type SecretAnswer =
  | { from: 'env'; name: string }
  /** Absolute, or relative to the config file. */
  | { from: 'file'; path: string }
  | { from: 'credential'; name: string }
  | { from: 'cmd'; program: string }
  /** Typed by the operator: kept in a separate file beside the config, or in the config itself. */
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

/** All answers that `init` needs. */
export interface InitAnswers {
  timeZone: string;
  state: string;
  currency: string | null;
  panels: PanelAnswer[];
  kinds: readonly PanelKind[];
}

/** Returns a config key as options and file names spell it: `api-key` for `apiKey`. */
export function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
