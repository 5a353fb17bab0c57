/** A product of the shop. Sizes are decimal text in GB of 1024³ bytes, as the old tool stores them. */
export interface ShopProduct {
  /** Its id in WHMCS. */
  readonly id: number;
  readonly name: string;
  /** Hundredths of GB; null: unlimited. */
  readonly quotaCentiGb: number | null;
  readonly mode: 'IN' | 'OUT' | 'TOTAL';
  /** As the old tool names it. */
  readonly action: 'disable_ports' | 'suspend' | 'both';
}

/** A package of extra traffic of the shop. */
export interface ShopPackage {
  readonly id: number;
  readonly name: string;
  readonly sizeCentiGb: number;
  readonly price: string;
}

export const PRODUCTS: readonly ShopProduct[] = [
  { id: 11, name: 'Dedicated 1TB', quotaCentiGb: 100_000, mode: 'TOTAL', action: 'disable_ports' },
  { id: 12, name: 'Dedicated 5TB, "Pro"', quotaCentiGb: 500_000, mode: 'TOTAL', action: 'disable_ports' },
  { id: 13, name: 'سرور اختصاصی ۵۰۰', quotaCentiGb: 50_050, mode: 'OUT', action: 'disable_ports' },
  { id: 14, name: '独立服务器 2TB', quotaCentiGb: 204_800, mode: 'IN', action: 'suspend' },
  { id: 15, name: "Reseller's, both", quotaCentiGb: 75_025, mode: 'TOTAL', action: 'both' },
  { id: 16, name: 'Unmetered ☂', quotaCentiGb: null, mode: 'TOTAL', action: 'disable_ports' },
];

export const PACKAGES: readonly ShopPackage[] = [
  { id: 1, name: 'Extra 50 GB', sizeCentiGb: 5_000, price: '4.90' },
  { id: 2, name: 'Extra, "big" 100', sizeCentiGb: 10_000, price: '8.50' },
  { id: 3, name: 'ترافیک اضافه ۲۵۰', sizeCentiGb: 25_050, price: '19.99' },
  { id: 4, name: '流量包 500', sizeCentiGb: 50_000, price: '35.00' },
];

/** Names of clients: company or person, some that a spreadsheet or a terminal would read otherwise. */
export const CLIENTS: readonly { firstName: string; lastName: string; company: string }[] = [
  { firstName: 'Anna', lastName: 'Berg', company: 'Berg & Söhne, GmbH' },
  { firstName: 'علی', lastName: 'رضایی', company: 'شرکت «نور»، تهران' },
  { firstName: '洋', lastName: '刘', company: '上海云计算有限公司' },
  { firstName: 'Seán', lastName: "O'Neill", company: 'The "Best" Hosting, Inc.' },
  { firstName: 'Mia', lastName: 'Null', company: 'NULL' },
  { firstName: '=1+1', lastName: '-2', company: '' },
  { firstName: 'José', lastName: 'Ñandú', company: 'Ñandú; Cía' },
  { firstName: 'Zoë', lastName: 'Zero', company: '0' },
];

/** Returns hundredths of GB as the text of a decimal column. */
export function toDecimal(centiGb: number): string {
  return `${Math.floor(centiGb / 100)}.${String(centiGb % 100).padStart(2, '0')}`;
}

/** Returns whole MB as the text of a decimal column of GB with four places, rounded to the nearest. */
export function toGbText(megabytes: number): string {
  const tenThousandths = Math.round((megabytes * 10_000) / 1024);
  return `${Math.floor(tenThousandths / 10_000)}.${String(tenThousandths % 10_000).padStart(4, '0')}`;
}
