import type { CustomerTerms } from '@sluice/contract';
import type { SluiceError } from '@sluice/panel-kind';
import { forbidden } from '../server/failure.js';

/** Returns the error for a client that may not change something of its service. `why`: where its panel is not just observed. */
export function refusal({ observing }: CustomerTerms, why: string): SluiceError {
  return forbidden(observing ? 'Nothing of this service can be changed at present. Please ask your provider.' : why);
}
