/**
 * Returns whether each write of the stores of this process is run once and undone before it is run: a test that passes with
 * `SLUICE_TEST_WRITES=twice` has no write that can't run again, as it has to on PostgreSQL after a collision.
 */
export function runsWritesTwice(): boolean {
  return process.env['SLUICE_TEST_WRITES'] === 'twice';
}
