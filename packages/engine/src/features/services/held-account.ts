import type { PanelKind } from '@sluice/panel-kind';
import type { StoreTables } from '@sluice/state-store';
import { isCommandRow } from '../../kernel/subject/command-row.js';
import { type ChangeProblem, type Move, panelChangeProblems } from './check-service.js';

/** Why a key of a service can't be changed. */
export interface KeyProblem extends ChangeProblem {
  key: string;
}

/** A service that is to name another account. */
interface Exchange {
  service: string;
  ref: string;
  from: string;
  to: string | null;
}

type FindKind = (panel: string) => PanelKind | undefined;

/** Errors of services whose account is gone from the panel: nothing of it can stay restricted. */
const GONE: readonly (string | null)[] = ['account_missing', 'user_gone'];

/** Returns why services can't move to another panel or account, by service. */
export async function changeProblems(
  findKind: FindKind,
  tables: StoreTables,
  changes: readonly Move[],
): Promise<Map<string, KeyProblem>> {
  const moves = changes.filter(({ before, after }) => before.panel !== after.panel);
  const problems = await exchangeProblems(tables, listExchanges(findKind, changes));
  for (const [service, problem] of await panelChangeProblems(findKind, tables, moves)) {
    problems.set(service, { key: 'panel', ...problem });
  }
  return problems;
}

/** Kinds without accounts undo by themselves what a service does not name any more. */
function listExchanges(findKind: FindKind, changes: readonly Move[]): Exchange[] {
  return changes.flatMap(({ before, after }) => {
    const { requiredRef: ref = null, capabilities, refs } = findKind(before.panel) ?? {};
    if (ref === null || before.panel !== after.panel || capabilities?.includes('accounts') !== true) return [];
    const ignoresCase = refs?.some(({ name, fits }) => name === ref && fits.ignoreCase) === true;
    const toId = (text = ''): string => (ignoresCase ? text.toLowerCase() : text);
    const { [ref]: from } = before.refs;
    const { [ref]: to } = after.refs;
    if (from === undefined || toId(from) === toId(to)) return [];
    return [{ service: before.id, ref, from, to: to ?? null }];
  });
}

/**
 * Returns why services can't name another account, by service. What Sluice restricted is lifted on the account that the service
 * names, so a restricted one can't be exchanged, except back to the account of its evidence.
 */
async function exchangeProblems(tables: StoreTables, exchanges: readonly Exchange[]): Promise<Map<string, KeyProblem>> {
  const problems = new Map<string, KeyProblem>();
  if (exchanges.length === 0) return problems;
  const services = exchanges.map(({ service }) => service);
  const evidence = await tables.evidence.open({ services });
  const unresolved = (await tables.actions.unresolved({ services })).filter((row) => !isCommandRow(row));
  const decisions = await tables.decisions.latest(services);
  const gone = new Set(decisions.filter(({ errorCode }) => GONE.includes(errorCode)).map((row) => row.service));
  for (const { service, ref, from, to } of exchanges) {
    const restricted = evidence.filter((item) => item.service === service).map(({ target }) => target);
    const isBack = to !== null && restricted.includes(to) && !restricted.includes(from);
    if (gone.has(service) || isBack) continue;
    const action = unresolved.find((row) => row.service === service);
    const what = `${ref} of "${service}" can't be changed`;
    if (restricted.length > 0) {
      const message = `${what} while the service is held: ${from} would stay restricted; release the service first`;
      problems.set(service, { key: ref, code: 'service_held', message });
    } else if (action !== undefined) {
      const message = `${what} while ${action.type} ${action.target} is in doubt (${action.id})`;
      problems.set(service, { key: ref, code: 'service_in_doubt', message });
    }
  }
  return problems;
}
