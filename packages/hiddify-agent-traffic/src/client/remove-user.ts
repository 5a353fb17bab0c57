import { isPanelError } from '@sluice/panel-http';
import { performChange } from '@sluice/panel-kind';
import { AgentTrafficError } from '../errors.js';
import { checkUuid } from './check-user.js';
import type { Connection } from './connection.js';
import { isGivenUp, mayHaveHappened, mayStillHappen, toWaits, WAITS, withDoubt, withoutDoubt } from './lost-answers.js';
import type { HiddifyUser } from './records.js';
import type { RowCalls } from './row-calls.js';
import type { CallOptions } from './types.js';

/** Removes a user; repeats a call that was lost once, where the panel still shows the user. */
export async function removeUser(
  { panel, clock }: Pick<Connection, 'panel' | 'clock'>,
  calls: RowCalls<HiddifyUser>,
  uuid: string,
  options?: CallOptions,
): Promise<'removed' | 'gone'> {
  checkUuid(uuid, 'uuid');
  const isGone = (failure: unknown): boolean => isPanelError(failure) && failure.panelCode === 'user_not_found';
  return performChange<HiddifyUser | null, 'removed' | 'gone'>(
    {
      call: () => calls.send('DELETE', uuid, options),
      read: () => calls.get(uuid, options),
      isDone: (row) => row === null,
      // Anything with a 200 may have answered.
      waitsMs: ({ failure }) =>
        failure === null ? WAITS : isGone(failure) || !mayHaveHappened(failure) ? [] : toWaits(failure),
      end: ({ attempt, failure, unreadable, seen, isDone }) => {
        if (isGone(failure)) return attempt === 1 ? 'gone' : 'removed';
        if (isDone) return 'removed';
        const error = failure ?? unreadable;
        if (unreadable !== null && isPanelError(error)) throw withDoubt(error);
        if (error === null && seen != null) throw stillThere(panel, seen);
        if (!mayHaveHappened(error)) throw error as Error;
        if (attempt === 2) throw isGivenUp(error) ? mayStillHappen(error) : withoutDoubt(error);
        return null;
      },
    },
    { clock },
  );
}

function stillThere(panel: string, { name }: HiddifyUser): AgentTrafficError {
  return new AgentTrafficError(
    'change_not_applied',
    `Panel "${panel}" accepted the removal of user "${name}" but still shows it. Check the user on the panel.`,
    { outcomeUnknown: true },
  );
}
