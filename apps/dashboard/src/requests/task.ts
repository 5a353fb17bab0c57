/** An event of a task, as the stream of events has it. */
export type TaskEvent =
  | { event: 'progress'; data: { done: number; total: number } }
  | { event: 'report'; data: unknown }
  | { event: 'failure'; data: { code: string; message: string; details: Record<string, unknown> } };

/** How long the outcome of a run can be read after its end. */
export const KEPT_MS = 3_600_000;

/** A run that a request started. */
export interface Task {
  id: string;
  command: string;
  /** Who started it, for people. */
  by: string;
  /** What it works on; null is all. */
  panel: string | null;
  service: string | null;
  startedAt: string;
  finishedAt: string | null;
  /** Who has asked for its end, for people; null where nobody has. */
  cancelledBy: string | null;
  /** The last event: its progress, or how it ended. */
  last: TaskEvent | null;
}
