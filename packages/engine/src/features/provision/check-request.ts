import { type Panel, SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { unsupported } from '../../base/errors.js';
import { refuseEnded } from '../../base/lifecycle.js';
import { hasAccount } from '../../kernel/subject/account.js';
import type { ProvisionRequest } from './verb-command.js';

/**
 * Refuses a command that the panel or the state of the service does not permit.
 *
 * @throws SluiceError `unsupported`, `wrong_lifecycle`, `no_account`
 */
export function checkRequest(panel: Panel, service: ServiceRecord, request: ProvisionRequest): void {
  checkVerb(panel, request);
  checkCustomer(panel, request);
  checkState(service, request);
  checkAccount(panel, service, request);
}

function checkVerb(panel: Panel, { verb }: ProvisionRequest): void {
  const needsFacet = verb === 'create' || verb === 'terminate' || verb === 'change-password';
  const facet = verb === 'change-password' ? panel.passwords : panel.accounts;
  const why = verb === 'change-password' ? (panel.passwords?.unchangeable?.() ?? null) : null;
  if (why !== null) {
    const details = { panel: panel.name, verb };
    throw unsupported(`Panel "${panel.name}": ${why}`, details);
  }
  if (!needsFacet || facet !== undefined) return;
  throw unsupported(
    `Panel "${panel.name}" (${panel.kind.kind}) does not support ${verb}; it supports ${panel.kind.capabilities.join(', ')}`,
    { panel: panel.name, verb },
  );
}

function checkCustomer(panel: Panel, { customer }: ProvisionRequest): void {
  if (customer === undefined || panel.accounts?.customerRef !== undefined) return;
  throw unsupported(`Accounts of panel "${panel.name}" (${panel.kind.kind}) have no customer`, { panel: panel.name });
}

function checkState(service: ServiceRecord, { verb }: ProvisionRequest): void {
  if (verb !== 'terminate' || service.status === 'vanished') refuseEnded(service);
}

/** Refuses to change the account of a service whose creation is still to come: nothing on the panel would change. */
function checkAccount(panel: Panel, service: ServiceRecord, { verb }: ProvisionRequest): void {
  if (verb === 'create' || verb === 'terminate' || panel.accounts === undefined) return;
  if (service.status !== 'pending' || hasAccount(panel.kind, service)) return;
  throw new SluiceError('no_account', `"${service.id}" has no account on the panel yet; nothing was changed`, {
    details: { service: service.id },
  });
}
