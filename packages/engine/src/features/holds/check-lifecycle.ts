import { SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { isLiving } from '../../base/lifecycle.js';
import { ENDS_WITH_ACCOUNT } from '../../kernel/subject/account.js';

/** Refuses services that runs neither restrict nor release. */
export function checkLifecycle(
  service: ServiceRecord,
  { what, isHeld = false }: { what: 'add' | 'release'; isHeld?: boolean },
): void {
  if (isLiving(service)) return;
  const why =
    what === 'release' && isHeld && service.status === 'terminated'
      ? ENDS_WITH_ACCOUNT
      : `there is nothing to ${what === 'add' ? 'restrict' : 'release'}`;
  throw new SluiceError('wrong_lifecycle', `"${service.id}" is ${service.status}: ${why}`, {
    details: { service: service.id, lifecycle: service.status },
  });
}
