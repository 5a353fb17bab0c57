import type { TargetState } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import type { Loaded, RunOnPanel, Stage } from './stages.js';

/** Prefix of the key of the condition that the limit of a service on its panel may be lifted; the id of the service follows. */
const LIFTED = 'lifted:';

type Conditions = Pick<StoreTables, 'conditions'>;

/** Reads which services may have a limit on a panel that Sluice has lifted. */
export async function readLifted({ conditions }: Conditions, panel: string): Promise<ReadonlySet<string>> {
  const rows = await conditions.list(LIFTED);
  return new Set(
    rows.flatMap(({ key, details }) => {
      const isHere = (details as { panel: string }).panel === panel;
      return isHere ? [key.slice(LIFTED.length)] : [];
    }),
  );
}

/** Notes that the limit of a service on its panel is lifted, before it is. */
export async function noteLifted(
  { conditions }: Conditions,
  { id, panel }: { id: string; panel: string },
  at: string,
): Promise<void> {
  await conditions.put({ key: `${LIFTED}${id}`, since: at, runs: 1, details: { panel } });
}

/** Notes that nothing of a lift is left on the panel. */
export async function noteLowered({ conditions }: Conditions, service: string): Promise<void> {
  await conditions.end(`${LIFTED}${service}`);
}

/**
 * Returns whether the lift of a limit begins or ends with this target state; null where neither does, or it is not known. What is given
 * back for good is not a lift.
 */
export function findLiftChange(
  { panel, givesBack }: Pick<RunOnPanel, 'panel' | 'givesBack'>,
  { lifted }: Pick<Loaded<Stage>, 'lifted'>,
  { allowance, scope, endsLift }: Pick<TargetState, 'allowance' | 'scope' | 'endsLift'>,
): 'begins' | 'ends' | null {
  if (panel.kind.keepsQuota !== true || givesBack === true) return null;
  if (allowance?.lifted === true) return lifted ? null : 'begins';
  const isPlanned = endsLift === true || (scope !== 'hold' && allowance !== null);
  return lifted && isPlanned ? 'ends' : null;
}
