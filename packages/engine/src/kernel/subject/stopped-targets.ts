/** An object that runs leave alone, since something else reversed their changes of it. */
export interface StoppedTarget {
  service: string;
  /** Such as `port 7001`. */
  object: string;
  /** The change that was reversed, as operators know it. */
  name: string;
  since: string;
}

/** Objects that runs leave alone, by service and object. */
export type StoppedTargets = Map<string, StoppedTarget>;
