import type { NamedAction } from '@sluice/panel-kind';
import type { UpdatePayload } from '../account/user-actions.js';

/** Returns the name of a change for operators: `disable user cora (10d4e8eb)`, by the start of the uuid. */
export function nameAction({ type, target, prior, payload }: NamedAction): string {
  const verb = type.replace('-user', ' user');
  const { name } = (prior ?? payload ?? {}) as { name?: unknown };
  const short = target.split('-')[0] ?? target;
  const user = typeof name === 'string' && name !== '' ? `${verb} ${name} (${short})` : `${verb} ${short}`;
  const { change = {} } = (payload ?? {}) as Partial<UpdatePayload>;
  const keys = type === 'update-user' ? Object.keys(change).flatMap((key) => WORDS[key] ?? []) : [];
  return keys.length === 0 ? user : `${user}: ${keys.join(', ')}`;
}

const WORDS: Record<string, string> = {
  name: 'name',
  limitBytes: 'limit',
  usedBytes: 'usage',
  packageDays: 'days',
  startDate: 'start of the days',
  mode: 'mode',
  comment: 'comment',
  enabled: 'enabled',
};
