import { createHash } from 'node:crypto';
import type { RunReport } from '@sluice/engine';

/** What FLVX stores of a password. */
export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Codes of the errors of all services; null where there is none. */
export const errors = ({ services }: RunReport): (string | null)[] => services.map(({ error }) => error?.code ?? null);

/** Actions of a run, as `service type`. */
export const listActions = ({ services }: RunReport): string[] =>
  services.flatMap(({ id, actions }) => actions.map(({ type }) => `${id} ${type}`));
