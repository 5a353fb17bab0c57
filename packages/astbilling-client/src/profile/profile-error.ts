/** One mistake in a profile. */
export interface ProfileProblem {
  /** Where it is in the document, e.g. `resources.subscribers.path`; empty for the document itself. */
  path: string;
  /** What is wrong, and what to write. */
  message: string;
}

/** A profile that can't be used. Its problems name every faulty path; values of the document are in none. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  readonly problems: readonly ProfileProblem[];

  constructor(name: string, problems: readonly ProfileProblem[]) {
    const lines = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
    super(`The profile ${name} is not usable. ${lines.join('; ')}.`);
    this.problems = problems;
  }
}
