/** What is left to do on the panel for a hold; none where it is as it should be. */
export interface HoldMarks {
  /** It has ended, and its restriction is still on the panel: the next run undoes it. */
  releasing?: true;
  /** Nothing of its restriction is on the panel yet: the next run restricts the service. */
  restricting?: true;
  /** Only a part of its restriction is on the panel yet: the next run goes on. */
  partly?: true;
}

/** An open hold of a service, or one that has ended and is not undone yet. */
export interface OpenHold extends HoldMarks {
  reason: string;
  since: string;
  /** For a client: it began before the service was this client's, and `since` is when that began. */
  beforeClient?: boolean;
}
