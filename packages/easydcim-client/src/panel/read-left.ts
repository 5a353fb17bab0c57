import type { ItemError, OpenRows } from '@sluice/panel-kind';
import { isOrderGone, isPortGone, type Objects } from './absence.js';
import { type ObjectCalls, readOrder } from './read-objects.js';
import { findMappedService, isAbsent, isPortAction, type EasyDcimState, type LeftObject, NOT_FOUND } from './state.js';

/** What reading the objects requires. */
interface LeftCalls extends ObjectCalls {
  toError: (error: unknown) => ItemError;
  ports: Objects;
  orders: Objects;
}

/** Reads the ports and orders with open evidence or an unresolved action that the service does not have any more. */
export async function readLeft(
  calls: LeftCalls,
  state: EasyDcimState,
  { order: ownOrder, rows }: { order: string | undefined; rows: OpenRows },
): Promise<Pick<EasyDcimState, 'leftPorts' | 'leftOrders'>> {
  const { client, options, toError, ports: allPorts, orders: allOrders } = calls;
  const targets = listTargets(rows);
  const shown = new Set(state.ports?.map(({ id }) => id));
  const ports = state.ports === null && !isAbsent(state) ? [] : targets.ports.filter((id) => !shown.has(id));
  const orders = targets.orders.filter((id) => id !== ownOrder);
  const mapped = new Map(rows.evidence.map(({ target, prior }) => [target, findMappedService(prior)]));
  const others = async (): Promise<string[]> => [...shown, ...(await allPorts.others())];
  const read = async <State>(
    id: string,
    get: () => Promise<State>,
    isGone: () => Promise<boolean>,
  ): Promise<LeftObject<State>> => {
    try {
      return { id, state: await get(), error: null };
    } catch (error) {
      const problem = toError(error);
      if (problem.code !== NOT_FOUND) return { id, state: null, error: problem };
      return { id, state: null, error: (await isGone()) ? null : unproven(problem) };
    }
  };
  return {
    leftPorts: await Promise.all(
      ports.map((id) =>
        read(
          id,
          () => client.ports.get(id, options),
          () => isPortGone({ ...allPorts, others }, id, state),
        ),
      ),
    ),
    leftOrders: [
      ...(ownOrder !== undefined && state.isOrderGone ? [{ id: ownOrder, state: null, error: null }] : []),
      ...(await Promise.all(
        orders.map((id) =>
          read(
            id,
            () => readOrder(calls, id, mapped.get(id)),
            () => isOrderGone(allOrders, id, state),
          ),
        ),
      )),
    ],
  };
}

/** A 404 that may be about the panel instead of the object. */
function unproven({ code, message }: ItemError): ItemError {
  return { code, message: `${message} No other object of its kind shows whether the panel answers for it.` };
}

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
