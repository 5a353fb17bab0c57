import type { PanelLacks } from '@sluice/panel-kind';
import { type LineSystem, toLineSystem } from '../account/system.js';
import type { Profile } from '../profile/schema.js';

/** Returns whether the system can change the password of a line. */
export function changesPasswords(system: Pick<LineSystem, 'sends'>): boolean {
  return system.sends('subscribers', 'update', 'sip_password');
}

/** Returns what a panel with this profile lacks of what the kind can. */
export function findLacks(profile: Profile): PanelLacks {
  const system = toLineSystem(profile);
  const may = {
    destination: system.sends('dids', 'update', 'destination'),
    caller_id: system.sends('subscribers', 'update', 'caller_id'),
    sip_password: changesPasswords(system),
  };
  return {
    capabilities: may.sip_password ? [] : ['passwords'],
    customerFields: Object.entries(may).flatMap(([field, isSent]) => (isSent ? [] : [field])),
  };
}
