import { type CustomerTerms, type Holder, mayWithFields, type UseCase } from '@sluice/contract';
import { type Said, say } from '@sluice/messages';
import type { SluiceError } from '@sluice/panel-kind';
import { clientError } from '../server/failure.js';

/** Returns the error for a client that may not do something about its service. `why`: where its panel could. */
export function refusal({ observing, passwords }: CustomerTerms, useCase: UseCase, why: Said): SluiceError {
  const refuse = (said: Said): SluiceError => clientError('forbidden', said, { kind: 'usage' });
  if (observing) return refuse(say('problem.observed'));
  const isUnable = useCase === 'provision.changePassword' && !passwords;
  return refuse(isUnable ? say('problem.passwords') : why);
}

/**
 * Returns what refuses something that a viewer may not do about a service: by what its product and panel let clients change when that is
 * asked, which is again under the lease of the service.
 */
export function permitFor(viewer: Holder, useCase: UseCase, why: Said): (terms: CustomerTerms) => void {
  return (terms) => {
    if (!mayWithFields(viewer, useCase, terms)) throw refusal(terms, useCase, why);
  };
}

/** Returns what refuses a change of a service that its client may not make. */
export function toPermit(holder: Holder, useCase: UseCase): ReturnType<typeof permitFor> {
  return permitFor(holder, useCase, say('problem.product'));
}
