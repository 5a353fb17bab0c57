/** A client of the fake; amounts are hundredths. */
export interface ClientRow {
  readonly id: number;
  firstName: string;
  lastName: string;
  company: string;
  email: string;
  taxId: string;
  /** Such as `farsi`; empty for that of the installation. */
  language: string;
  status: string;
  currency: string;
  credit: bigint;
  taxExempt: boolean;
  country: string;
  state: string;
}

/** A custom field of a product. */
export interface FieldRow {
  readonly id: number;
  readonly productId: number;
  readonly name: string;
}

export interface ProductRow {
  readonly id: number;
  groupId: number;
  name: string;
  groupName: string;
  module: string;
}

export interface ServiceRow {
  readonly id: number;
  clientId: number;
  productId: number;
  orderId: number;
  domain: string;
  username: string;
  password: string;
  dedicatedIp: string;
  /** Further addresses, one in a line. */
  assignedIps: string;
  status: string;
  billingCycle: string;
  registeredOn: string;
  nextDueDate: string | null;
  amount: bigint;
  suspensionReason: string;
  overrideAutoSuspend: boolean;
  suspendNotBefore: string | null;
  bandwidthUsage: number;
  bandwidthLimit: number;
  /** Values by the id of the custom field. */
  fields: Map<number, string>;
  /** Configurable options by name: a number is a quantity, a text the label of a choice. */
  options: Record<string, string | number>;
}

export interface ItemRow {
  readonly id: number;
  type: string;
  relatedId: number;
  description: string;
  amount: bigint;
  taxed: boolean;
}

export interface InvoiceRow {
  readonly id: number;
  clientId: number;
  date: string;
  dueDate: string;
  datePaid: string | null;
  status: string;
  items: ItemRow[];
  /** Absent: the client's. */
  currency?: string;
  /** Credit applied. */
  credit: bigint;
}

export interface TransactionRow {
  readonly id: number;
  clientId: number;
  readonly invoiceId: number;
  readonly gateway: string;
  readonly at: string;
  readonly amount: bigint;
  readonly transactionId: string;
}

export interface CreditRow {
  readonly id: number;
  clientId: number;
  readonly date: string;
  readonly description: string;
  readonly amount: bigint;
  readonly relatedId: number;
}

/** A new client. Amounts are decimal text. */
export interface NewWhmcsClient {
  /** Default: the next free id from 1. */
  readonly id?: number;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly company?: string;
  readonly email?: string;
  readonly taxId?: string;
  readonly language?: string;
  /** Default `EUR`. */
  readonly currency?: string;
  /** Default `0.00`. */
  readonly credit?: string;
  readonly taxExempt?: boolean;
  /** Code of two letters; default `DE`. */
  readonly country?: string;
  readonly state?: string;
}

/** A new product with the names of its custom fields. */
export interface NewWhmcsProduct {
  readonly id?: number;
  readonly groupId?: number;
  readonly groupName?: string;
  readonly name?: string;
  readonly module?: string;
  readonly fields?: readonly string[];
}

/** A new service; its client and its product have to exist. */
export interface NewWhmcsService {
  readonly id?: number;
  readonly client: number;
  readonly product: number;
  readonly orderId?: number;
  readonly domain?: string;
  readonly username?: string;
  readonly password?: string;
  readonly dedicatedIp?: string;
  /** Further addresses, one in a line. */
  readonly assignedIps?: string;
  readonly status?: string;
  readonly billingCycle?: string;
  readonly registeredOn?: string;
  readonly nextDueDate?: string | null;
  readonly amount?: string;
  readonly overrideAutoSuspend?: boolean;
  readonly suspendNotBefore?: string | null;
  /** Values by the name of the product's custom field. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Configurable options by name: a number is a quantity, a text the label of a choice. */
  readonly options?: Readonly<Record<string, string | number>>;
}

/** A new invoice, as staff makes one. */
export interface NewWhmcsInvoice {
  readonly client: number;
  readonly status?: string;
  readonly date?: string;
  readonly items: readonly {
    readonly description: string;
    readonly amount: string;
    readonly taxed?: boolean;
    /** The line is for this service. */
    readonly service?: number;
    /** The line is for this addon of a service. */
    readonly addon?: number;
  }[];
}

/** An invoice as it is now. Amounts are decimal text. */
export interface WhmcsInvoiceState {
  readonly id: number;
  readonly client: number;
  readonly status: string;
  /** Lines and tax. */
  readonly price: string;
  readonly credit: string;
  readonly paid: string;
  readonly balance: string;
  readonly lines: readonly { readonly description: string; readonly amount: string; readonly taxed: boolean }[];
}
