import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { isCommandRow } from '../../kernel/subject/command-row.js';
import { type ChangeProblem, type Move, panelChangeProblems } from './check-service.js';
import { findGone } from './gone-accounts.js';
import { findLifted } from './lifted-accounts.js';

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
  /** The service as it is, where the panel keeps its quota. */
  keeps: ServiceRecord | null;
}

type Of = Pick<Context, 'config' | 'findKind' | 'now'>;

/** Returns why services can't move to another panel or account, by service. */
export async function changeProblems(
  context: Of,
  tables: StoreTables,
  changes: readonly Move[],
): Promise<Map<string, KeyProblem>> {
  const moves = changes.filter(({ before, after }) => before.panel !== after.panel);
  const exchanges = listExchanges(context, changes);
  const problems = await liftProblems(context, tables, [...exchanges, ...listLeft(context, moves)]);
  const held = await exchangeProblems(tables, await withoutGone(tables, exchanges));
  for (const [service, problem] of held) problems.set(service, problem);
  for (const [service, problem] of await panelChangeProblems((panel) => context.findKind(panel), tables, moves)) {
    problems.set(service, { key: 'panel', ...problem });
  }
  return problems;
}

/** Kinds without accounts undo by themselves what a service does not name any more. */
function listExchanges(context: Of, changes: readonly Move[]): Exchange[] {
  return changes.flatMap(({ before, after }) => {
    const { requiredRef: ref = null, capabilities, refs, keepsQuota = false } = context.findKind(before.panel) ?? {};
    if (ref === null || before.panel !== after.panel || capabilities?.includes('accounts') !== true) return [];
    const ignoresCase = refs?.some(({ name, fits }) => name === ref && fits.ignoreCase) === true;
    const toId = (text = ''): string => (ignoresCase ? text.toLowerCase() : text);
    const { [ref]: from } = before.refs;
    const { [ref]: to } = after.refs;
    if (from === undefined || toId(from) === toId(to)) return [];
    return [{ service: before.id, ref, from, to: to ?? null, keeps: keepsQuota ? before : null }];
  });
}

/** Accounts with a quota that services leave on their panels. */
function listLeft(context: Of, moves: readonly Move[]): Exchange[] {
  return moves.flatMap(({ before }) => {
    const { requiredRef: ref = null, keepsQuota = false } = context.findKind(before.panel) ?? {};
    const from = before.refs[ref ?? ''];
    return keepsQuota && from !== undefined
      ? [{ service: before.id, ref: 'panel', from, to: null, keeps: before }]
      : [];
  });
}

/** Of an account that is gone, nothing can stay as it is. */
async function withoutGone(tables: StoreTables, exchanges: readonly Exchange[]): Promise<Exchange[]> {
  const services = exchanges.map(({ service }) => service);
  const gone = await findGone(tables, services);
  return exchanges.filter(({ service }) => !gone.has(service));
}

/** Returns why services can't leave an account whose limit on the panel is lifted: nothing would lower it again. By service. */
async function liftProblems(
  context: Of,
  tables: StoreTables,
  exchanges: readonly Exchange[],
): Promise<Map<string, KeyProblem>> {
  const kept = exchanges.flatMap(({ keeps, ref, from }) => (keeps === null ? [] : [{ service: keeps, ref, from }]));
  const services = kept.map(({ service }) => service);
  const lifted = await findLifted(context, tables, services);
  return new Map(
    kept
      .filter(({ service: { id } }) => lifted.has(id))
      .map(({ service: { id }, ref, from }) => {
        const message = `${ref} of "${id}" can't be changed while its limit on the panel is lifted: ${from} would keep none; end its protection, its release until a date or its unlimited override, and poll once`;
        return [id, { key: ref, code: 'limit_lifted', message }];
      }),
  );
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
  for (const { service, ref, from, to } of exchanges) {
    const restricted = evidence.filter((item) => item.service === service).map(({ target }) => target);
    const isBack = to !== null && restricted.includes(to) && !restricted.includes(from);
    if (isBack) continue;
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
