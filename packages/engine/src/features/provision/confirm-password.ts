import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { refuseUnpermitted } from '../../context/customer-terms.js';
import type { CommandContent } from '../command/types.js';
import type { ProvisionRequest } from './verb-command.js';

/**
 * Asks again before the first call of a new password whether who asks for it still may: of it nothing but its command is stored until
 * then. `file` is where the password was placed for it.
 */
export function confirmPassword(
  context: Context,
  request: ProvisionRequest,
  { file }: { file: string | null },
): Pick<CommandContent, 'confirm'> {
  if (request.verb !== 'change-password') return {};
  return {
    confirm: async (service: ServiceRecord, refuseEnded: () => Promise<void>) => {
      try {
        await refuseEnded();
        await refuseUnpermitted(context, service, request);
      } catch (error) {
        if (file !== null) context.deps.files.remove(file);
        throw error;
      }
    },
  };
}
