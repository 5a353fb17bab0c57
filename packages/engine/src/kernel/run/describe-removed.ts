import type { RemovedPanel } from '@sluice/contract/documents';
import { staffText } from '@sluice/messages/staff';
import { nameFew } from '../../base/natural-order.js';

/** Returns what is left on a panel that is not in the config, in a sentence. */
export function describeRemoved(removed: Omit<RemovedPanel, 'message'>): string {
  const { panel, services, agents, limited } = removed;
  const those = [...new Set([...agents, ...limited])];
  const some = services.length === 0 ? null : staffText('staff.panelRemoved.services', { count: services.length });
  const others = those.length === 0 ? '' : staffText('staff.panelRemoved.agents', { count: those.length });
  const both = some !== null && others !== '';
  const who = both ? staffText('staff.panelRemoved.both', { services: some, agents: others }) : (some ?? others);
  const count = services.length + those.length;
  return staffText('staff.panelRemoved', { who, count, panel, restricted: describeRestricted(removed) });
}

function describeRestricted({ held, agents, limited }: Omit<RemovedPanel, 'message'>): string {
  const names = [...held, ...agents.map((name) => staffText('staff.named.agent', { name }))];
  const restricted =
    names.length === 0
      ? staffText('staff.panelRemoved.noneHeld')
      : staffText('staff.panelRemoved.held', { count: names.length, names: nameFew(names) });
  if (limited.length === 0) return restricted;
  const limits = nameFew(limited.map((name) => `"${name}"`));
  return staffText('staff.panelRemoved.limits', { restricted, count: limited.length, names: limits });
}
