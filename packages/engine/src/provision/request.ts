/** What the provisioning verbs about accounts are asked. */
export interface ProvisionRequest {
  verb: 'create' | 'renew' | 'change-package' | 'change-password' | 'terminate';
  dryRun: boolean;
  waitMs: number;
  adopt?: boolean;
  /** `renew --until DATE` */
  until?: string | undefined;
  /** `change-package SERVICE PRODUCT` */
  product?: string | undefined;
  /** Absolute path of the file that the password goes to, or that has it. */
  passwordFile?: string | undefined;
  /** The new password, as the caller gives it. */
  password?: (() => Promise<string>) | undefined;
  /** The caller shows the password: a terminal, or `--json`. */
  shown: boolean;
}
