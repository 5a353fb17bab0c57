import type { ItemError, OpenRows } from '@sluice/panel-kind';
import { type ObjectCalls, readOrder } from './read-objects.js';
import { isPortAction, type EasyDcimState, type LeftObject } from './state.js';

/** What reading the objects requires. */
interface LeftCalls extends ObjectCalls {
  toError: (error: unknown) => ItemError;
}

/** Reads the ports and orders with open evidence or an unresolved action that the service does not have any more. */
export async function readLeft(
  calls: LeftCalls,
  state: EasyDcimState,
  { order: ownOrder, rows }: { order: string | undefined; rows: OpenRows },
): Promise<Pick<EasyDcimState, 'leftPorts' | 'leftOrders'>> {
  const { client, options, toError } = calls;
  const targets = listTargets(rows);
  const shown = new Set(state.ports?.map(({ id }) => id));
  const ports = state.ports === null && !state.isGone ? [] : targets.ports.filter((id) => !shown.has(id));
  const isOrderGone = state.orderError?.code === NOT_FOUND;
  const orders = targets.orders.filter((id) => (id === ownOrder ? isOrderGone : true));
  // A panel without the endpoint answers 404 too.
  const portsAnswer = async (): Promise<boolean> => {
    const [listed] = state.ports ?? [];
    return listed === undefined || (await client.ports.get(listed.id, options)).id === listed.id;
  };
  const ordersAnswer = (id: string): boolean => id === ownOrder || state.orderError === null;
  const read = async <State>(
    id: string,
    get: () => Promise<State>,
    answers: () => boolean | Promise<boolean>,
  ): Promise<LeftObject<State>> => {
    try {
      return { id, state: await get(), error: null };
    } catch (error) {
      const problem = toError(error);
      const isGone = problem.code === NOT_FOUND && (await Promise.resolve(answers()).catch(() => false));
      return { id, state: null, error: isGone ? null : problem };
    }
  };
  return {
    leftPorts: await Promise.all(ports.map((id) => read(id, () => client.ports.get(id, options), portsAnswer))),
    leftOrders: await Promise.all(
      orders.map((id) =>
        read(
          id,
          () => readOrder(calls, id),
          () => ordersAnswer(id),
        ),
      ),
    ),
  };
}

const NOT_FOUND = 'PANEL_NOT_FOUND';

function listTargets({ evidence, unresolved }: OpenRows): { ports: string[]; orders: string[] } {
  const all = [
    ...evidence.map(({ kind, target }) => ({ isPort: kind === 'port', target })),
    ...unresolved.map(({ type, target }) => ({ isPort: isPortAction(type), target })),
  ];
  const pick = (wanted: boolean): string[] => [
    ...new Set(all.filter(({ isPort }) => isPort === wanted).map(({ target }) => target)),
  ];
  return { ports: pick(true), orders: pick(false) };
}
