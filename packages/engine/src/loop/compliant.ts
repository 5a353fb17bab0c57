import type { Panel, ReadLists } from '@sluice/panel-kind';
import { zonedMidnight } from '@sluice/quota-core';
import type { CompliantEntry, CompliantRecord, DecisionRecord, ServiceRecord } from '@sluice/state-store';
import { findEntry, findTimeZone, listLimits } from '../base/config/find-entry.js';
import { addDays } from '../base/times.js';
import { readUntold } from '../context/change-holds.js';
import { refuseUnconfirmedClock, refuseWrongClock } from '../context/clock-guard.js';
import { findCheckpoint } from '../kernel/subject/history.js';
import { isCounterState, isOfPanelFall } from '../kernel/subject/figures.js';
import { readToRestrict } from '../kernel/subject/holds.js';
import { readLifted } from '../kernel/subject/lifts.js';
import type { Standing } from '../kernel/subject/next-reading.js';
import type { Applied } from '../kernel/subject/stages.js';
import { toNotices } from './decision-notices.js';
import { noteUnchanged } from './due.js';
import { findLasting } from './due-facts.js';
import { countReading } from './plausible.js';
import type { NotesUnchanged } from './repeated.js';
import type { PanelRun, RunHooks } from './run-part.js';

declare const SLUICE_VERSION: string;

/** Another version may decide otherwise. */
const VERSION = typeof SLUICE_VERSION === 'undefined' ? '' : SLUICE_VERSION;

/** Services per query, which reads their rows as texts; services that are loaded together. */
const PAGE = 500;
const LOADED = 256;

/** The panel's clock is shown in whole seconds. Twice this is less than what counts as a clock that was set. */
const CLOCK_MS = 2400;

/** New ones that a run notes: their number bounds its memory. */
const MOST = 50_000;

type Flags = Pick<CompliantRecord, 'comparable' | 'aboveZero'>;

/** A service that this run found compliant, with what the panel shows of it, and since when it is stored so. */
interface Found {
  readonly record: Omit<CompliantRecord, 'digest'>;
  readonly settings: string;
  readonly shown: string;
  readonly updatedAt: string;
}

/**
 * Leaves out of a run the services that an earlier one found compliant, where nothing has changed that decides: neither what is stored
 * nor what the panel's lists show nor the settings, and the time has not come at which a run would decide otherwise. They are
 * confirmed without being loaded, read or planned. What decides is compared as it is: nothing is kept that could be out of date.
 */
export class CompliantServices implements NotesUnchanged {
  readonly #found = new Map<string, Found>();
  readonly #settings = new Map<string, string | null>();
  #lists: ReadLists | null = null;

  private constructor(
    private readonly run: PanelRun,
    private readonly unchanged: NonNullable<Panel['unchanged']>,
    /** Services with more than a reading. */
    private readonly withMore: ReadonlySet<string>,
  ) {}

  /** Begins with the services of a panel; null where the run has to decide on each of them. */
  static async begin(run: PanelRun, hooks: RunHooks): Promise<CompliantServices | null> {
    const { panel, request, only, stopped } = run;
    const { unchanged, kind } = panel;
    if (unchanged === undefined || panel.snapshot?.paged !== true || only !== null || !hooks.areQuiet) return null;
    if (request.allowMass || request.assumed !== undefined || (request.keepAll ?? true)) return null;
    if (panel.agents !== undefined || panel.telephony !== undefined || panel.plausibility !== undefined) return null;
    if (kind.capabilities.includes('window-usage') || (stopped?.size ?? 0) > 0) return null;
    return new CompliantServices(run, unchanged, await findWithMore(run));
  }

  /** Yields the services of the panel that the run has to decide on, in pages. */
  async *pages(): AsyncGenerator<ServiceRecord[]> {
    const { context, panel, scope } = this.run;
    const { compliant, services } = context.store;
    const confirmedAt = await compliant.confirmedAt(panel.name);
    let others: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const of = { panel: panel.name, scope, at: context.now(), after, limit: PAGE };
      const page: CompliantEntry[] = await compliant.page(of);
      const left = await this.#leave(page, confirmedAt);
      others.push(...page.flatMap(({ service }) => (left.has(service) ? [] : [service])));
      after = page.length < PAGE ? null : (page.at(-1)?.service ?? null);
      for (; others.length >= LOADED || (after === null && others.length > 0); others = others.slice(LOADED)) {
        const loaded = await services.list({ panel: panel.name, ids: others.slice(0, LOADED) });
        if (loaded.length > 0) yield loaded;
      }
    }
  }

  /** Leaves services as they are, and returns their names. */
  async #leave(page: readonly CompliantEntry[], confirmedAt: string | null): Promise<ReadonlySet<string>> {
    const { context, panel, start, scope, readings } = this.run;
    const left = new Set<string>();
    const known = page.filter(({ found, service }) => found !== null && !this.withMore.has(service));
    if (known.length === 0 || context.deps.signal.aborted) return left;
    const lists = await this.unchanged.read(scope, context.deps.signal).catch(() => null);
    // The services say themselves why they can't be read.
    if (lists === null) return left;
    refuseWrongClock(context, panel.name, start);
    await refuseUnconfirmedClock(context, panel.name, start);
    if (context.clockDifference(panel.name) === null) return left;
    if (readings !== null) {
      readings.readAt ??= lists.at;
      if (readings.readAt !== lists.at || (confirmedAt ?? '') >= lists.at) return left;
    }
    for (const entry of known) {
      if (!this.#isAsBefore(entry, lists)) continue;
      this.#count(entry);
      this.#planNext(entry, { readAt: lists.at, before: confirmedAt ?? lists.at });
      left.add(entry.service);
    }
    return left;
  }

  #isAsBefore({ found, service: id, product, refs, ownRefs }: CompliantEntry, lists: ReadLists): boolean {
    if (found === null || found.sampleAt >= lists.at) return false;
    const { digest, clockAhead, reading } = found.record;
    if (this.run.due !== null && reading === null) return false;
    if (Math.abs(clockAhead - lists.clockAhead) >= CLOCK_MS) return false;
    const settings = this.#findSettings(product);
    const shown = settings === null ? null : this.unchanged.show({ id, refs, ownRefs });
    if (settings === null || shown === null) return false;
    if (toDigest([settings, shown, found.text]) !== digest) return false;
    this.unchanged.accept({ id, refs, ownRefs });
    return true;
  }

  /** Counts a service as a run does that decides on it. */
  #count({ service, product, found }: CompliantEntry): void {
    const { run } = this;
    run.count.expected++;
    if (found?.record.aboveZero === true) run.count.aboveZero++;
    if (found?.record.comparable === true) run.count.compared++;
    run.read++;
    run.active++;
    if (run.enforcements.of(run.panel.name, product).value === 'observe') run.observing = true;
    run.results.addCompliant();
    run.readings?.unchanged.push(service);
    run.advance(1);
  }

  /** When the lists are read next follows from all of their services: of one that is left as it is, from what lasts of it. */
  #planNext({ service, product, found }: CompliantEntry, readings: { readAt: string; before: string }): void {
    const { due } = this.run;
    if (due === null || found === null) return;
    noteUnchanged(due, { service, product, lasting: found.record.reading as Standing }, readings);
  }

  /** Digest of the settings that decide on the services of a product; null where more than these decide. */
  #findSettings(name: string): string | null {
    const known = this.#settings.get(name);
    if (known !== undefined) return known;
    const { context, panel, enforcements } = this.run;
    const { config } = context;
    const product = findEntry(config.products, name);
    const isWhole = product !== undefined && listLimits(config, name).length === 0;
    const enforced = isWhole ? enforcements.of(panel.name, name) : null;
    const { lineSpeed = null } = findEntry(config.panels, panel.name) ?? {};
    const ofPanel = [findTimeZone(config, panel.name), lineSpeed, this.unchanged.settings];
    const parts = [VERSION, product, enforced, config.poll, ofPanel];
    const settings = isWhole ? toDigest([JSON.stringify(parts)]) : null;
    this.#settings.set(name, settings);
    return settings;
  }

  /** Reads the lists for `note`, as the run has read them. */
  async prepare(): Promise<void> {
    const { context, scope } = this.run;
    this.#lists = await this.unchanged.read(scope, context.deps.signal).catch(() => null);
  }

  /** Notes a service that the run found as it was, for later runs. */
  note(work: Applied, decision: DecisionRecord): void {
    const { context, scope, panel, request, due } = this.run;
    const { service, usage, cycle } = work;
    const lists = this.#lists;
    if (lists === null || usage?.at !== lists.at || cycle === null || this.#found.size >= MOST) return;
    const flags = isPlain(work, decision, panel.name) ? toFlags(work) : null;
    if (flags === null || toNotices(context, work, request).length > 0) return;
    const settings = this.#findSettings(service.product);
    const shown = this.unchanged.show(service);
    const end = this.unchanged.stands({ service, checkpoint: work.history.checkpoint }, cycle.end);
    if (settings === null || shown === null || end === null) return;
    const since = context.now();
    const until = this.#listInstants(service).reduce((first, at) => (at > since && at < first ? at : first), end);
    if (until <= since) return;
    const reading = findLasting(context, panel, work, until);
    // Else each run over what is due would store it again.
    if (due !== null && reading === null) return;
    const { clockAhead } = lists;
    const record = { service: service.id, scope, since, until, clockAhead, ...flags, reading };
    this.#found.set(service.id, { record, settings, shown, updatedAt: service.updatedAt });
  }

  /** The instants at which time alone decides otherwise about a service, besides the end of its cycle. */
  #listInstants({ nextDueDate, product, protectedUntil, quotaReleasedUntil }: ServiceRecord): string[] {
    const { context, panel } = this.run;
    const { config } = context;
    const graceDays = findEntry(config.products, product)?.graceDays ?? 0;
    const overdue = nextDueDate === null ? null : addDays(nextDueDate, graceDays);
    const timeZone = findTimeZone(config, panel.name);
    return [overdue, nextDueDate, protectedUntil, quotaReleasedUntil].flatMap((date) =>
      date === null ? [] : [zonedMidnight(date, timeZone)],
    );
  }

  /** Stores what the run noted, once its readings are confirmed: the rows of services that were not changed meanwhile. */
  async store(): Promise<void> {
    const { context, panel, leases, report } = this.run;
    const ids = [...this.#found.keys()];
    for (let first = 0; first < ids.length; first += PAGE) {
      const texts = await context.store.compliant.texts(panel.name, ids.slice(first, first + PAGE));
      const records = texts.flatMap(({ service, text, updatedAt, actedAt }): CompliantRecord[] => {
        const found = this.#found.get(service);
        const isSame = found?.updatedAt === updatedAt && (actedAt ?? '') < report.run.startedAt;
        if (found === undefined || !isSame) return [];
        const { record, settings, shown } = found;
        return [{ ...record, digest: toDigest([settings, shown, text]) }];
      });
      if (records.length > 0) await context.write(leases.held, (tables) => tables.compliant.put(records));
    }
  }
}

/** Services with more than a reading: overrides, holds, evidence, actions in doubt, lifts and alarms. */
async function findWithMore({ context, panel, alarmed }: PanelRun): Promise<ReadonlySet<string>> {
  const { store } = context;
  const scope = { panel: panel.name };
  const rows = [
    await store.overrides.open(),
    await store.holds.lasting(scope),
    await readUntold(store),
    [...(await readToRestrict(store)).values()],
    await store.evidence.open(scope),
    await store.actions.unresolved(scope),
  ];
  const withMore = new Set(alarmed);
  for (const { service } of rows.flat()) if (service !== null) withMore.add(service);
  if (panel.kind.keepsQuota === true) for (const id of await readLifted(store, panel.name)) withMore.add(id);
  return withMore;
}

/** Whether nothing but the reading, the rows of the service and the settings decided. */
function isPlain(work: Applied, decision: DecisionRecord, panel: string): boolean {
  const { cycle, history, allowance, override, purchases, sharers, plan } = work;
  const checkpoint = findCheckpoint(history.decision, panel);
  const isKnown = checkpoint?.account != null && checkpoint.counted === undefined && checkpoint.doubts === undefined;
  const rows = [purchases, sharers, work.evidence, work.unresolved, history.recent, work.limits, work.warnings];
  return (
    isKnown &&
    plan !== null &&
    decision.status === 'ok' &&
    decision.errorCode === null &&
    decision.wouldHold.length === 0 &&
    allowance !== null &&
    allowance.kind !== 'unmanaged' &&
    override === null &&
    rows.every(({ length }) => length === 0) &&
    work.former === null &&
    !work.takenOver &&
    work.doubted === null &&
    work.termination === null &&
    work.countedBytes === null &&
    cycle !== null &&
    isCounterState(cycle.counter) &&
    !isOfPanelFall(cycle)
  );
}

/** Returns what a run counts of a reading; null where it has fallen, or shows no figure. */
function toFlags(work: Applied): Flags | null {
  const count = { compared: 0, fell: 0, expected: 0, aboveZero: 0 };
  countReading(count, work);
  if (count.expected === 0 || count.fell > 0) return null;
  return { comparable: count.compared > 0, aboveZero: count.aboveZero > 0 };
}

function toDigest(parts: readonly string[]): string {
  // Loaded on demand: most commands decide nothing.
  return process.getBuiltinModule('node:crypto').hash('sha256', parts.join('\n'), 'base64url');
}
