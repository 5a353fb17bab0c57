import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// What `serve` compares its clock and runs the schedule with needs neither the queue nor PostgreSQL.
export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/clock.ts', 'src/read-queue.ts', 'src/schedule/index.ts'],
});
