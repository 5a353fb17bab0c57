import type { QueueFigures } from '../documents/queue.js';

/**
 * Reads the figures of the queue of jobs that the store's database has; null before the first worker was started.
 *
 * @throws where the database does not answer
 */
export type QueueReader = () => Promise<QueueFigures | null>;
