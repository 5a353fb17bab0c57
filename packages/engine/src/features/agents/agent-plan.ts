import type { AgentList, AgentNotice, Plan, RecordedAgents } from '@sluice/panel-kind';
import type { NoticeFacts } from '../../kernel/run/notice-data.js';
import type { EvidenceRecord, HoldRecord } from '@sluice/quota-core';
import type { AgentDecision, AgentRecords } from '@sluice/quota-core/agents';

/** A user that belongs to a service: its service is held or released instead of a step for the user. */
export interface ServiceUser {
  uuid: string;
  name: string;
  owner: string | null;
  enabled: boolean;
  force: AgentDecision['force'];
  /** The agent whose limit decides; null when the user is free. */
  agent: string | null;
  /** The nearest suspended agent above it; null when there is none. */
  suspended: string | null;
  /** The agents above it, starting with its owner. */
  chain: string[];
  /** Our open evidence from before the user belonged to a service. */
  evidence: EvidenceRecord | null;
}

/** Input of a plan for the users of agents. */
export interface AgentPlanInput {
  records: AgentRecords;
  list: AgentList;
  recorded: RecordedAgents;
  /** Holds of agents in force, including those that start with this run. */
  holds: readonly HoldRecord[];
  /** Uuids of users that belong to services. */
  serviceUsers: ReadonlySet<string>;
  /** Uuid of the only agent to plan for; null: all. */
  agent: string | null;
}

/** A notice of a plan, with what is known of its event. */
export interface PlannedNotice extends AgentNotice {
  facts?: NoticeFacts;
}

/** The steps for the users of agents. */
export interface AgentPlan extends Pick<Plan, 'steps' | 'moves'> {
  /** Evidence that ends without a call, and its outcome. */
  endedEvidence: { evidence: string; outcome: string }[];
  /** How many steps are left to the next run. */
  left: number;
  serviceUsers: ServiceUser[];
  notices: PlannedNotice[];
}

/** The steps that enable users again, and the users that stay disabled and why. */
export interface RestorePlan extends Pick<AgentPlan, 'steps' | 'moves' | 'endedEvidence'> {
  left: { uuid: string; name: string; outcome: string }[];
}
