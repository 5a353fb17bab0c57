/** How the add-on for agent traffic is installed (docs/panels/hiddify.md, 7). */
export interface AddOnOptions {
  /**
   * Where its six endpoints answer. `none`: as published, they are registered nowhere.
   * `root`: `/api/v1/agent-traffic`. `below-admin-path`: `/{admin path}/api/v1/agent-traffic`. Default `none`.
   */
  readonly endpoints?: 'none' | 'root' | 'below-admin-path';
  /**
   * Its hooks on users. `none`; `published`: every write of a user fails; `repaired`: their import repaired,
   * which on MariaDB still fails below a limited agent with usage. Default `published`.
   */
  readonly hooks?: 'none' | 'published' | 'repaired';
  /** Sums of the list come as texts. Default `false`. */
  readonly sumsAsText?: boolean;
}
