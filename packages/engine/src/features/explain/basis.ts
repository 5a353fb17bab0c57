import type { Because, BecauseCode, Explanation, HoldView } from '@sluice/contract/documents';
import { describeExceeded } from '../../kernel/subject/used.js';
import { describeSkip, type SkipReason } from '../../kernel/subject/skip.js';
import type { LimitingAgents } from '../agents/limiting-agents.js';

type Service = Explanation['service'];

/** What the reasons of a service's state follow from, as operators see it. */
export interface Basis extends Pick<
  Explanation,
  'at' | 'service' | 'decision' | 'brake' | 'panelRemoved' | 'accountDue' | 'source' | 'holds' | 'released'
> {
  /** Why no run reads the service; null where runs do. */
  skip: SkipReason | null;
  /** That the next run holds it for its due date, although nothing does now; null where none does. */
  overdue: string | null;
  /** The agents that hold it, and what ends that; null where it is not known. */
  agents: LimitingAgents | null;
  /** Whether the service is known to have an account, and whether the panel's kind creates accounts. */
  hasAccount: boolean;
  canCreate: boolean;
  /** Whether a renewal by one period is enough. */
  isRenewable: boolean;
}

/** A reason, with the hold that it is about. */
export interface Fact extends Because {
  hold?: HoldView;
}

/** Returns a reason in words for operators; without a stop at its end, it gets one. */
export function toFact(code: BecauseCode, text: string, details: Because['details'] = {}): Fact {
  return { code, text: /[.!?]$/.test(text) ? text : `${text}.`, details };
}

/** Returns holds that are open, or not undone yet. */
export function listOpen({ holds, at }: Pick<Basis, 'holds' | 'at'>): HoldView[] {
  return holds.filter(({ until, releasing }) => releasing === true || until === null || until > at);
}

/** Says that a service is not held, also where it has exceeded something. */
export function describeNotHeld(service: Service): string {
  const exceeded = describeExceeded(service);
  return `${service.id} is not held${exceeded === null ? '' : `, although ${exceeded}`}`;
}

/** Returns `: 20.53 of 20.00 BRL are spent`, or nothing where no figure is known. */
export const afterColon = (figures: string | null): string => (figures === null ? '' : `: ${figures}`);

/** Says when the figures of a service were read; a front end can write `readAt` as an age. */
export function describeAge({ usage }: Service): { text: string; details: Record<string, string> } {
  if (usage === null) return { text: '', details: {} };
  return { text: ` The figures were read ${usage.readAt}.`, details: { readAt: usage.readAt } };
}

/** Returns why no run reads a service, and what a renewal needs. */
export function toSkipFact(basis: Basis, skip: SkipReason): Fact {
  const text = describeSkip(basis.service, skip);
  if (skip === 'overdue') return toFact('skipped_overdue', text, renewalDetails(basis));
  return toFact(skip === 'pending' ? 'skipped_pending' : skip === 'panel' ? 'skipped_panel' : 'ended_restricted', text);
}

/** Returns what a renewal is called by: where one period is too short, it names its date. */
export function renewalDetails({ service, source, isRenewable }: Basis): Record<string, string> {
  return { ...(source !== null && { source }), [isRenewable ? 'renewable' : 'overdue']: service.id };
}
