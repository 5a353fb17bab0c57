import type { CommandReport } from '@sluice/contract/documents';
import type { AccountCommand, ItemError, Plan } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import type { CommandPassword } from '../../kernel/changes/journal.js';
import type { Notice } from '../../kernel/run/notice.js';
import type { RunCommand, Run } from '../../kernel/run/bracket.js';
import type { Applied, Loaded } from '../../kernel/subject/stages.js';
import type { Context } from '../../context/context.js';

/** Options of a command, whatever it is about. */
export interface CommandFrame {
  command: RunCommand;
  dryRun: boolean;
  waitMs: number;
  /** Id of the run that the command is a part of. */
  run?: string;
  /** Whether a run decided on it instead of an operator: then `observe` stops it before each change. */
  decidedByRun?: boolean;
  /** Whether it follows from what a customer asked for: then `observe` stops it before each change. */
  byCustomer?: boolean;
}

/** Returns whether `observe` stops a command: only what an operator named is carried out all the same. */
export function isObservant({ decidedByRun, byCustomer }: CommandFrame): boolean {
  return decidedByRun === true || byCustomer === true;
}

/** What a command does. */
export interface CommandContent {
  /** Stores the target state; not called in a dry run. */
  storeTarget: (service: ServiceRecord, tables: StoreTables, run: string) => Promise<void>;
  /** Returns the service as the command stores it, for a dry run; absent where it stores nothing of the service. */
  target?: (service: ServiceRecord) => ServiceRecord;
  /** Returns the loaded service with the target state, for a dry run. */
  preview: (loaded: Loaded) => Loaded;
  account?: AccountCommand | null;
  /** The product before a change of it. */
  formerProduct?: string | undefined;
  /** What may be changed on the panel; default: everything of the service. */
  scope?: 'hold' | 'command';
  /** Whether everything of ours on the service is given back. What the panel still stops by its own rules then is an error. */
  givesBack?: boolean;
  /** Stores that the panel still stops what was to be given back. */
  stopped?: (tables: StoreTables) => Promise<void>;
  password?: () => CommandPassword | null;
  /** Called with the stored service once the command is stored and before the panel is called; throws to refuse. */
  begin?: (target: ServiceRecord) => Promise<void>;
  /**
   * Called once the panel has the command's password; throws if that can't be written to where the customer finds it. The
   * command is not done then: a repeat sets another password.
   */
  deliver?: (service: ServiceRecord) => Promise<void>;
  /**
   * Called before the first call that changes the panel, with what refuses an asker that has ended meanwhile; throws to refuse. Absent:
   * what is stored of the command is carried out.
   */
  confirm?: (service: ServiceRecord, refuseEnded: () => Promise<void>) => Promise<void>;
  /** Reverts the stored command after `begin` or `confirm` refused. */
  withdraw?: (tables: StoreTables) => Promise<void>;
  /** Stores the end of the command, once all of it is done. */
  done?: (service: ServiceRecord, tables: StoreTables) => Promise<void>;
  /** Called once the panel is changed; throws if the command had nothing to do and can't do what was asked for. */
  checkDone?: (work: Applied) => void;
  /** Stores that the command can't be carried out on what the panel shows, and that nothing was changed. */
  refused?: (error: ItemError, tables: StoreTables, service: ServiceRecord) => Promise<void>;
  /** Returns whether an error refuses the command; absent: any does. What another one leaves undone, the next run or a repeat does. */
  refusedBy?: (error: ItemError) => boolean;
}

/** The command that finishes a termination; others are refused meanwhile. */
export const TERMINATE = 'provision terminate';

/** A command about one service. An operator's is carried out under `observe` too. */
export interface ServiceCommand extends CommandFrame, CommandContent {}

/** Result of a command. */
export interface CommandResult {
  report: CommandReport;
  work: Applied;
  /** The notices of the report, for the run that the command is a part of. */
  notices: Notice[];
  /** Notices about open holds of other services, with the ids of those holds. */
  aboutHolds: { hold: string; notice: CommandReport['notices'][number] }[];
}

/** State of a command. */
export interface CommandRun {
  context: Context;
  command: ServiceCommand;
  run: Run;
}

/** A service after a command, and the notices of its plans. */
export interface CarriedOut {
  work: Applied;
  reported: NonNullable<Plan['notices']>;
}

/** Errors of an agent that does not accept a further user. */
export const REFUSED_BY_AGENT: readonly string[] = ['agent_limit', 'agent_suspended'];
