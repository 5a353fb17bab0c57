import {
  expectRows,
  isoNow,
  type ItemError,
  type KnownList,
  type NamedService,
  type Observation,
  type ObserveOptions,
  type UsageAnswer,
  type UsageRequest,
  withCredentialKey,
} from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import type { FlvxSnapshot } from '../client/observation.js';
import { hasMovedForwards, hasNewlyPaused, lacksNodes, listRows, parseCheckpoint } from './checkpoint.js';
import { findKeptRows, type KeptRows } from './kept-rows.js';
import {
  observeInSnapshot,
  observePartly,
  type ReadingTools,
  type ServiceObservation,
  type TimedObservation,
} from './observation.js';
import type { TimedSnapshot } from './run-snapshot.js';
import { findShort, refuseWithoutKept } from './second-reading.js';
import { shortList, toUnreadAnswer, toUsageAnswer } from './usage.js';

type Observed = Observation<ServiceObservation>;

/** What reading the lists requires to know of the panel. */
interface ListedPanel {
  name: string;
  timeZone: string;
  /** The config key that refused credentials are reported with. */
  key: string;
}

/** A service, with the user that it names. */
type OwnerOfUser = Pick<ServiceRecord, 'id' | 'refs'>;

type OnAnswer = (service: string, answer: UsageAnswer) => void;

/** How requests are answered. */
interface Answering {
  take: () => Promise<TimedSnapshot>;
  /** Whether it is the run's first one, which the others depend on. */
  isFirst?: boolean;
  onAnswer: OnAnswer;
  signal: AbortSignal;
  /** Whether to believe a list that is far shorter than the last one. */
  allowShort: boolean;
}

/** The services of a run in the panel's lists: their usage, and what else these show of them. */
export class RunLists {
  /** The services of this run that name each user. */
  readonly #owners = new Map<string, string[]>();
  /** Whether nodes of an account are to be read by this run. */
  #lacksNodes = false;
  /** Services of this run with moved forwards, which need the tunnels. */
  readonly #moved = new Set<string>();
  /** Services of this run with a forward that rests and ran before, which are counted again, and need the instants of changes. */
  readonly #newlyPaused = new Set<string>();
  /** The length of this run's list, where services are left as they were by it. */
  #believed: KnownList | null = null;
  /** Why nothing may be concluded from this run's lists. */
  #listError: ItemError | null = null;
  /** The users of the list that was read last; null before the first. */
  #users: FlvxSnapshot['users'] | null = null;
  /** Rows of services of this run that must not be forgotten. */
  readonly #kept = new Map<string, KeptRows>();
  /** Why nothing may be concluded about these services from this run's lists. */
  readonly #unproved = new Map<string, ItemError>();

  constructor(
    private readonly tools: ReadingTools,
    private readonly panel: ListedPanel,
  ) {}

  async readUsage(
    requests: readonly UsageRequest[],
    onAnswer: OnAnswer,
    signal: AbortSignal,
    options: Pick<Answering, 'allowShort'>,
  ): Promise<void> {
    this.#listError = null;
    for (const request of requests) this.#note(request);
    this.#lacksNodes ||= requests.some(({ checkpoint }) => lacksNodes(parseCheckpoint(checkpoint)?.account));
    if (requests.length === 0) return;
    const { snapshot } = this.tools;
    const answering = { onAnswer, signal, ...options };
    try {
      const accounts = await snapshot.accounts(signal);
      this.#users = accounts.snapshot.users;
      for (const request of requests) this.#compare(request, accounts.snapshot);
      const isResting = ({ service }: UsageRequest): boolean => this.#newlyPaused.has(service.id);
      const others = requests.filter((request) => !isResting(request));
      await this.#answer(others, { ...answering, take: () => Promise.resolve(accounts), isFirst: true });
      await this.#answer(requests.filter(isResting), { ...answering, take: () => snapshot.recounted(signal) });
    } catch (error) {
      this.#refuse(requests, onAnswer, withCredentialKey(error, this.panel.key));
    }
  }

  /** Notes what the lists show of a service beside its usage. */
  #compare(request: UsageRequest, snapshot: FlvxSnapshot): void {
    const { id } = request.service;
    if (hasMovedForwards(request, snapshot)) this.#moved.add(id);
    else this.#moved.delete(id);
    if (hasNewlyPaused(request, snapshot)) this.#newlyPaused.add(id);
    else this.#newlyPaused.delete(id);
  }

  /** Answers requests from a snapshot, unless it lacks what the last ones had. */
  async #answer(
    requests: readonly UsageRequest[],
    { take, isFirst = false, onAnswer, signal, allowShort }: Answering,
  ): Promise<void> {
    if (requests.length === 0) return;
    const { key, name, timeZone } = this.panel;
    try {
      const read = await take();
      const size = read.snapshot.users.size;
      const lists = requests.flatMap(listRows);
      const expected = expectRows(this.#believed === null ? lists : [...lists, this.#believed]) ?? 0;
      if (size * 2 < expected && !allowShort) {
        const error = shortList(name, size, expected);
        if (isFirst) this.#listError = error;
        for (const { service } of requests) this.#unproved.set(service.id, error);
        refuse(error);
      }
      const short = await findShort(this.tools.snapshot.second(signal), read.snapshot, requests).catch(
        (error: unknown) => {
          for (const { service } of requests) this.#unproved.set(service.id, withCredentialKey(error, key));
          throw error;
        },
      );
      for (const [id, error] of short) this.#unproved.set(id, withCredentialKey(error, key));
      for (const request of requests) {
        const { id } = request.service;
        const unproved = this.#unproved.get(id);
        const answer = unproved
          ? toUnreadAnswer(read.at, unproved.code, unproved.message)
          : toUsageAnswer(read, request, timeZone);
        onAnswer(id, answer);
      }
    } catch (error) {
      this.#refuse(requests, onAnswer, withCredentialKey(error, key));
    }
  }

  /** Notes a service that is left as it was by a list. */
  accept(service: OwnerOfUser, { at, snapshot }: TimedSnapshot): void {
    this.#believed ??= { at, rows: snapshot.users.size, removed: 0 };
    this.#claim(service);
  }

  /** Returns the name of the user of a service, by the list that was read last; null for one that Sluice made up. */
  findName({ refs, ownRefs }: NamedService): string | null {
    const name = this.#users?.get(Number(refs['flvx_user_id']))?.name ?? null;
    return ownRefs.includes('flvx_username') && name === refs['flvx_username'] ? null : name;
  }

  #refuse(requests: readonly UsageRequest[], onAnswer: OnAnswer, { code, message }: ItemError): void {
    const at = isoNow(this.tools.clock);
    for (const { service } of requests) onAnswer(service.id, toUnreadAnswer(at, code, message));
  }

  /** Notes what a request shows of its service, which the lists may lack. */
  #note({ service, checkpoint, former }: UsageRequest): void {
    this.#claim(service);
    this.#unproved.delete(service.id);
    const kept = findKeptRows(former?.checkpoint ?? checkpoint);
    if (kept !== null) this.#kept.set(service.id, kept);
    else if (this.#kept.size > 0) this.#kept.delete(service.id);
  }

  /** Observes services by the lists alone; most of them need no more. */
  async observePartly(
    services: readonly ServiceRecord[],
    signal: AbortSignal,
    open: ObserveOptions['open'],
  ): Promise<Map<string, Observed>> {
    const observeAll = async (observe: (service: ServiceRecord) => Observed | Promise<Observed>) => {
      const seen = new Map<string, Observed>();
      for (const service of services) seen.set(service.id, await observe(service));
      return seen;
    };
    try {
      this.#refuseBroken();
      const { snapshot } = this.tools;
      const accounts = await snapshot.accounts(signal);
      const tunnelNodes = this.#lacksNodes ? await snapshot.tunnelNodes(signal) : null;
      const isMoved = services.some(({ id }) => this.#moved.has(id));
      const tunnels = isMoved ? await snapshot.tunnels(signal).catch(() => []) : [];
      return await observeAll(async (service) => {
        try {
          this.#refuseUnproved(service);
          const known = this.#moved.has(service.id) ? tunnels : [];
          const isResting = this.#newlyPaused.has(service.id);
          const read = isResting ? await snapshot.recounted(signal) : accounts;
          const { at, state } = observePartly(read, service, this.listSharers(service), known);
          const [opened, kept] = [open?.get(service.id), this.findKept(service)];
          if (opened !== undefined || kept !== null)
            await refuseWithoutKept(snapshot.second(signal), state.account, { open: opened, kept });
          const changes = isResting ? await snapshot.changes(signal) : null;
          return { service: service.id, at, state: { ...state, tunnelNodes, changes }, error: null, partial: true };
        } catch (error) {
          return this.unobserved(service.id, error);
        }
      });
    } catch (error) {
      return await observeAll(({ id }) => this.unobserved(id, error));
    }
  }

  /** Observes a service by the lists, with tunnels, limits and nodes. */
  async observe(service: ServiceRecord, signal: AbortSignal, open: ObserveOptions['open']): Promise<TimedObservation> {
    this.#refuseBroken();
    this.#refuseUnproved(service);
    const rows = { open: open?.get(service.id), kept: this.findKept(service) };
    return await observeInSnapshot(this.tools, service, { signal, sharers: this.listSharers(service), ...rows });
  }

  /** Returns what says that a service could not be observed. */
  unobserved(id: string, error: unknown): Observed {
    return { service: id, at: isoNow(this.tools.clock), state: null, error: withCredentialKey(error, this.panel.key) };
  }

  /** Returns the rows of a service that must not be forgotten. */
  findKept({ id }: ServiceRecord): KeptRows | null {
    return this.#kept.get(id) ?? null;
  }

  #refuseBroken(): void {
    if (this.#listError) refuse(this.#listError);
  }

  #refuseUnproved({ id }: ServiceRecord): void {
    const error = this.#unproved.get(id);
    if (error) refuse(error);
  }

  #claim({ id, refs }: OwnerOfUser): void {
    const { flvx_user_id: user } = refs;
    if (user === undefined) return;
    const owners = this.#owners.get(user);
    if (owners === undefined) this.#owners.set(user, [id]);
    else if (!owners.includes(id)) owners.push(id);
  }

  /** Returns other services of this run that name the same user. */
  listSharers({ id, refs }: OwnerOfUser): string[] {
    return (this.#owners.get(refs['flvx_user_id'] ?? '') ?? []).filter((owner) => owner !== id);
  }
}

function refuse({ code, message }: ItemError): never {
  throw Object.assign(new Error(message), { code });
}
