/** A notice for the operator or the client. */
export interface NoticeRecord {
  id: string;
  /** Unique per event: a second notice with the same key is not written. */
  key: string;
  code: string;
  panel: string | null;
  service: string | null;
  message: string;
  run: string | null;
  at: string;
  /** Its figures when it was made (JSON); null for one of an earlier version. */
  data: unknown;
}

/** Whether a notice has to be sent, was acknowledged, or is not tried any more. */
export type DeliveryState = 'pending' | 'sent' | 'given-up';

/** A notice for one channel: sent until the receiver acknowledges it. */
export interface DeliveryRecord {
  /** The same in every attempt, so that a receiver can recognise a repeated one. */
  id: string;
  notice: string;
  /** Name of the channel in the config. */
  channel: string;
  event: string;
  /** The address for a notice to a client; null where the channel has its own. */
  recipient: string | null;
  state: DeliveryState;
  attempts: number;
  /** When it is due; an attempt moves it before it begins. */
  nextAt: string;
  lastError: string | null;
  sentAt: string | null;
  at: string;
}

/** What is wrong with a service since an earlier run, until a run no longer finds it. */
export interface AlarmRecord {
  id: string;
  /** Unique: what is wrong with which service. */
  key: string;
  code: string;
  panel: string;
  service: string;
  message: string;
  /** The least run that finds it. */
  scope: 'poll' | 'reconcile';
  since: string;
  /** When and by whom it was acknowledged; null where nobody did. */
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  note: string | null;
}

/** What a reader of notices has chosen about the mails of an event. A reader without a row gets them. */
export interface ClientNoticeRecord {
  /** Who reads: `client:ID`, or `service:ID` for a service without a client. */
  reader: string;
  event: string;
  wanted: boolean;
  since: string;
}

/** The address that a reader of notices has chosen for them. */
export interface ClientAddressRecord {
  /** As in {@link ClientNoticeRecord}. */
  reader: string;
  /** The confirmed address; null where there is none yet. */
  address: string | null;
  confirmedAt: string | null;
  /** The address that waits for its confirmation; null where none does. */
  asked: string | null;
  /** Hash of the token in the mail to it. */
  askedHash: string | null;
  askedAt: string | null;
  /** When the last mails for a confirmation were sent, the newest last. */
  attempts: string[];
}

/** What lasts over several runs, such as a panel that does not answer. */
export interface ConditionRecord {
  key: string;
  /** When it began. */
  since: string;
  /** Runs that found it, one after the other. */
  runs: number;
  /** What the last of them found (JSON); null for none. */
  details: unknown;
}
