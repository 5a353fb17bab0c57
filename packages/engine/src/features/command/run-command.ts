import { type ItemError, type Panel, type Plan, toItemError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { endHoldsWithNews } from '../../context/change-holds.js';
import { serviceLease } from '../../context/leases.js';
import { readEnforcements } from '../../context/enforcement.js';
import { trustedNow } from '../../context/panel-answers.js';
import { finishCommand } from './finish-command.js';
import type { Applied, Decided, Loaded, Planned, RunOnPanel } from '../../kernel/subject/stages.js';
import { findCheckpoint, findFormerHistories, toKnownCheckpoint } from '../../kernel/subject/history.js';
import { STOPPED_BY_PANEL, unapplied, unplanned, toRead, withError } from '../../kernel/subject/to-stage.js';
import {
  type CarriedOut,
  type CommandContent,
  type CommandFrame,
  type CommandResult,
  type CommandRun,
  isObservant,
  type ServiceCommand,
  TERMINATE,
} from './types.js';
import { isAccountThere } from '../../kernel/subject/account.js';
import { hasLift } from '../../kernel/subject/holds.js';
import { refuseUnfinished } from '../../kernel/subject/termination.js';
import { withRun } from '../../kernel/run/bracket.js';
import { decideEnds, undecided } from '../../loop/decide.js';
import { errorOfDoubt } from '../../kernel/subject/doubt.js';
import { elsewhereError } from '../../kernel/run/left-elsewhere.js';
import type { Stop } from '../../kernel/changes/perform.js';
import { findTaken } from '../../kernel/changes/taken-refs.js';
import { enforceService } from '../../loop/enforce.js';
import { actionRow } from '../../kernel/changes/journal.js';
import { findSoldRaise, withRefusedRaise } from '../../kernel/subject/raise.js';
import { observeServices, openRows } from '../../loop/observe.js';
import { findSold } from '../../kernel/subject/allowance.js';
import { load } from '../../loop/load.js';
import { planOne, withCheckpoint } from '../../loop/plan.js';
import { foreseeResolved } from '../../loop/resolve.js';
import { findSharers } from '../../loop/sharing.js';
import { noteStopsOfSharers } from '../../loop/stops.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { noteFound } from '../services/gone-accounts.js';

/** Runs a command about one service: stores the target state, then observes, plans and applies. */
export function runCommand(context: Context, id: string, command: ServiceCommand): Promise<CommandResult> {
  return runDecidedCommand(context, id, command, () => command);
}

/**
 * Runs a command that depends on the service: `decide` is called under the lease, after the changes of its previous holder, and
 * throws to refuse. Nothing was stored or changed by then.
 */
export async function runDecidedCommand<Content extends CommandContent>(
  context: Context,
  id: string,
  frame: CommandFrame,
  decide: (service: ServiceRecord, panel: Panel) => Promise<Content> | Content,
): Promise<CommandResult & { content: Content }> {
  const { command, dryRun, run: partOf, waitMs } = frame;
  await requireService(context, id);
  return withRun(context, { command, dryRun, service: id, partOf }, async (run) => {
    await run.leases.take(serviceLease(id), waitMs);
    const service = await requireService(context, id);
    if (command !== TERMINATE) await refuseUnfinished(context, id);
    const panel = await context.panel(service.panel);
    const content = await decide(service, panel);
    const commandRun = { context, command: { ...content, ...frame }, run };
    const target = dryRun ? (content.target?.(service) ?? service) : await begin(commandRun, service);
    return { ...(await finishCommand(commandRun, await carryOut(commandRun, panel, target))), content };
  });
}

/** Stores the command with the start of its run, and returns the changed service. */
async function begin(commandRun: CommandRun, service: ServiceRecord): Promise<ServiceRecord> {
  const { context, command, run } = commandRun;
  const target = await context.write(run.leases.held, async (tables) => {
    await run.start(tables);
    await command.storeTarget(service, tables, run.id);
    return tables.services.get(service.id);
  });
  await orWithdraw(commandRun, () => command.begin?.(target ?? service));
  return target ?? service;
}

/** Reverts the stored command where it is refused. */
async function orWithdraw({ context, command, run }: CommandRun, ask: () => Promise<void> | undefined): Promise<void> {
  try {
    await ask();
  } catch (error) {
    await context.write(run.leases.held, async (tables) => command.withdraw?.(tables));
    throw error;
  }
}

async function carryOut(commandRun: CommandRun, panel: Panel, service: ServiceRecord): Promise<CarriedOut> {
  const { context, command, run } = commandRun;
  const scope = command.scope ?? 'command';
  const { givesBack = false } = command;
  const on: RunOnPanel = { context, panel, run: run.id, scope, resources: new Map(), givesBack };
  // The panel first: its answer confirms the local clock, and with it the cycle of the service.
  const filter = { services: [service.id] };
  const evidence = await context.store.evidence.open(filter);
  const unresolved = await context.store.actions.unresolved(filter);
  const open = openRows([{ service, evidence, unresolved }]);
  const checkpoint = await loadCheckpoint(context, panel, service);
  const how = { refresh: true, command: command.account, open, checkpoint };
  const observations = await observeServices(on, [service], how);
  const observation = observations.get(service.id) ?? null;
  // Before anything is changed: what is left of a command that is interrupted is then not that of an account that is gone.
  if (!command.dryRun && isAccountThere(panel, { observation }) === true)
    await noteFound(context, run.leases.held, { service: service.id, run: run.id });
  const decided = await decideByRecord(commandRun, panel, await loadOne(commandRun, panel, service));
  const observed = { ...unplanned(decided), observation };
  const removed = new Set(command.account?.verb === 'terminate' ? [service.id] : []);
  const [planned = observed] = await findSharers(on, [observed], removed);
  const refused = await findRefusedPackage(commandRun, on, planned);
  if (refused !== null) return { work: withError(unapplied({ ...planned, closes: [] }), refused), reported: [] };
  const started = unapplied(await endDecided(commandRun, planned));
  const reported: Map<string, Reported[number]> = new Map();
  let stops: readonly string[] = [];
  const onPlan = (plan: Plan): void => {
    stops = plan.stops ?? [];
    for (const notice of plan.notices ?? []) reported.set(notice.key, notice);
  };
  const done = await withinBudget(commandRun, on, started, () =>
    (command.dryRun ? preview : enforce)(commandRun, on, started, onPlan),
  );
  command.checkDone?.(done);
  if (!command.dryRun) await noteStopsOfSharers(on, [done], run.leases.held);
  const isStopped = givesBack && panel.accounts !== undefined && stops.length > 0;
  const given = isStopped ? withError(done, stoppedByPanel(service, stops)) : done;
  const delivered = command.dryRun ? given : await deliver(command, given);
  // Evidence on another panel is not undone by this command, so it is not complete.
  const elsewhere = delivered.evidence.filter((item) => item.panel !== service.panel);
  const isLeft = scope === 'hold' && delivered.holds.length === 0 && elsewhere.length > 0;
  const left = isLeft ? withError(delivered, elsewhereError(service, elsewhere)) : delivered;
  const work = withCheckpoint(on, left, false);
  return { work, reported: [...reported.values()] };
}

/** Reads what is known of the service's account; null for nothing. */
async function loadCheckpoint(context: Context, panel: Panel, service: ServiceRecord): Promise<unknown> {
  if (panel.history?.checkpoint === undefined) return null;
  const [last = null] = await context.store.decisions.latest([service.id]);
  const own = { checkpoint: findCheckpoint(last, panel.name) };
  const known = { services: [service], history: new Map([[service.id, own]]) };
  const former = await findFormerHistories(context, panel, known);
  return toKnownCheckpoint(own, former.get(service.id) ?? null);
}

/** Makes a change of the product of a service whose limit is lifted while what more is sold is reserved for its agent. */
async function withinBudget(
  { context, command }: CommandRun,
  { panel }: RunOnPanel,
  work: Applied,
  make: () => Promise<Applied>,
): Promise<Applied> {
  const { agents, name } = panel;
  const { service } = work;
  const { formerProduct } = command;
  if (
    agents === undefined ||
    formerProduct === undefined ||
    !hasLift({ config: context.config, now: context.now() }, service, work.override)
  )
    return make();
  const find = (product: string) => findSold(context.config, { ...work, service: { ...service, product } }).found;
  const raises = findSoldRaise(panel, work, { before: find(formerProduct), after: find(service.product) });
  if (raises === null) return make();
  if (command.dryRun)
    return withError(await make(), await context.ports.previewRaise(context, { name, agents }, raises));
  const begun = { make: false };
  try {
    return await context.ports.agentBudget(context, { name, agents }).raise(raises, () => {
      begun.make = true;
      return make();
    });
  } catch (error) {
    if (begun.make) throw error;
    return withError(work, toItemError(error));
  }
}

function stoppedByPanel({ id }: ServiceRecord, stops: readonly string[]): ItemError {
  const message = `nothing of Sluice restricts "${id}" any more, but the panel still stops it: ${stops.join('; ')}. Start it on the panel, then repeat the command`;
  return { code: STOPPED_BY_PANEL, message };
}

/** Delivers a password that the panel certainly has. */
async function deliver({ deliver: write }: ServiceCommand, done: Applied): Promise<Applied> {
  const isUncertain = done.actions.some(({ state }) => state === 'in-doubt');
  if (write === undefined || !done.passwordSet || isUncertain) return done;
  try {
    await write(done.service);
    return done;
  } catch (error) {
    return withError(done, toItemError(error));
  }
}

/** Loads the service of a command; in a dry run with the target state. */
async function loadOne({ context, command }: CommandRun, panel: Panel, service: ServiceRecord): Promise<Loaded> {
  const now = trustedNow(context, panel.name, await context.store.clock.confirmed());
  const enforcements = await readEnforcements(context.config, context.store);
  const [loaded] = await load(context, panel, [service], { enforcements, ordered: true, now });
  if (!loaded) throw new Error(`${service.id} was not loaded`);
  // A command is carried out for a service that can't be metered, too.
  const sound = { ...loaded, error: null };
  return command.dryRun ? command.preview(sound) : sound;
}

type Reported = CarriedOut['reported'];

/** Decides which holds end since a command has ended their reason after the last run, so that this one does not enforce them. */
async function decideByRecord({ context, command }: CommandRun, panel: Panel, loaded: Loaded): Promise<Decided> {
  const mayRelease = !isObservant(command) || loaded.enforcement.value === 'on';
  if (!mayRelease || command.account?.verb === 'terminate') return undecided(toRead(loaded));
  const { id } = loaded.service;
  const service = command.dryRun ? loaded.service : ((await context.store.services.get(id)) ?? loaded.service);
  return { ...decideEnds(context, panel, { ...loaded, service }, context.now()), service: loaded.service };
}

/**
 * Returns why the agent of a service refuses a package that would end its holds; null where it does not. The holds stay then: the
 * service keeps its former package.
 */
async function findRefusedPackage(
  { context, command }: CommandRun,
  on: RunOnPanel,
  planned: Planned,
): Promise<ItemError | null> {
  const { agents } = on.panel;
  if (command.formerProduct === undefined || agents === undefined || planned.closes.length === 0) return null;
  const previewed = await planOne(on, unapplied(planned), command.account ?? null);
  return (await withRefusedRaise({ context, panel: on.panel }, { ...previewed, error: null })).error;
}

/** Ends the holds that were decided to end. */
async function endDecided({ context, command, run }: CommandRun, planned: Planned): Promise<Planned> {
  const { closes } = planned;
  if (command.dryRun || closes.length === 0) return planned;
  const until = context.now();
  const ended = await context.write(run.leases.held, (tables) => endHoldsWithNews(tables, closes, until));
  return { ...planned, ended: [...planned.ended, ...ended] };
}

/** Lists the steps of a previewed command. */
async function preview(
  { context, command, run }: CommandRun,
  on: RunOnPanel,
  started: Applied,
  onPlan: (plan: Plan) => void,
): Promise<Applied> {
  const resolved = await foreseeResolved(on, started, command.account ?? null);
  const planned = await planOne(on, resolved, command.account ?? null);
  onPlan(planned.plan);
  const actions = planned.plan.steps.map((step) => actionRow(context, run.id, planned, step));
  const kind = context.findKind(planned.service.panel);
  const taken = kind === undefined ? null : await findTaken(context.store, kind, planned.service, planned.plan);
  if (taken !== null) return withError(planned, taken);
  return withRefusedRaise(on, withError({ ...planned, actions }, errorOfDoubt(on.panel, planned)));
}

async function enforce(
  commandRun: CommandRun,
  on: RunOnPanel,
  started: Applied,
  onPlan: (plan: Plan) => void,
): Promise<Applied> {
  const { command, run } = commandRun;
  const { confirm } = command;
  const refused: Error[] = [];
  const refuse = async (): Promise<Stop | null> => {
    try {
      await confirm?.(started.service, () => run.refuseEndedAsker());
      return null;
    } catch (error) {
      refused.push(error as Error);
      return { by: 'asker' };
    }
  };
  const done = await enforceService({ ...on, fences: run.leases.held }, started, {
    byName: !isObservant(command),
    command: command.account ?? null,
    password: command.password?.() ?? null,
    onPlan,
    refuse: confirm === undefined ? undefined : refuse,
  });
  const [refusal] = refused;
  if (refusal !== undefined) await orWithdraw(commandRun, () => Promise.reject(refusal));
  return done;
}
