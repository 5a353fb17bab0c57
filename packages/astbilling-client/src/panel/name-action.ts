import type { NamedAction } from '@sluice/panel-kind';

const OBJECTS: Record<string, string> = { subscriber: 'line', did: 'number', customer: 'customer' };

/** Returns the name of a change for operators: `suspend line 9001`. */
export function nameAction({ type, target }: NamedAction): string {
  const [verb = '', object = ''] = type.split('-');
  return `${verb} ${OBJECTS[object] ?? object} ${target}`;
}
