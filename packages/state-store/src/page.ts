/** A position in a list that is read in pages, oldest first; the next page starts after it. */
export interface PageCursor {
  at: string;
  seq: number;
}

/** Which page of such a list is read; without `after`, the first one. */
export interface PageRequest {
  since?: string;
  after?: PageCursor | null;
  limit: number;
}

/** One page of such a list. `next` is the cursor of the next page, null on the last. */
export interface Page<T> {
  records: T[];
  next: PageCursor | null;
}
