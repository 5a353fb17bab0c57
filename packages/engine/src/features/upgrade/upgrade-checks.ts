import type { Check } from '@sluice/contract/documents';
import { toChecks } from '../../base/check.js';
import { UPGRADE_CHANGES } from './changes.js';
import { isActive, isUpgraded, type Installation } from './installation.js';

/** Names what became stricter since an earlier version and concerns an installation (docs/upgrading.md), as warnings. */
export function upgradeChecks(at: Installation): Check[] {
  const upgraded = isUpgraded(at);
  const tokens = at.past.tokens.filter((token) => isActive(token, at.now));
  const present = { ...at, past: { ...at.past, tokens } };
  return UPGRADE_CHANGES.filter(({ lasting }) => upgraded || lasting).flatMap(({ code, what, find }) =>
    find(present).map(({ name = 'changed', object, message, details }) => {
      const check = toChecks(name, object)('warning', message ?? what, code);
      return details === undefined ? check : { ...check, details };
    }),
  );
}
