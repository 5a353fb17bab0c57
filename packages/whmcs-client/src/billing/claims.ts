import type { SectionProblem } from '@sluice/contract/ports';
import type { WhmcsProductIds } from './settings.js';

/** A product of WHMCS, by its ids. */
interface ProductIds {
  productId: string | null;
  groupId: string | null;
}

/** Returns the name of the product in the config that claims a product of WHMCS: by its id, else by its group. */
export function findClaim(
  sections: Readonly<Record<string, WhmcsProductIds>>,
  { productId, groupId }: ProductIds,
): string | null {
  const names = Object.keys(sections);
  const has = (ids: readonly string[] | undefined, id: string | null): boolean =>
    id !== null && ids?.includes(id) === true;
  return (
    names.find((name) => has(sections[name]?.productIds, productId)) ??
    names.find((name) => has(sections[name]?.productGroupIds, groupId)) ??
    null
  );
}

/** Returns the ids that two products of the config claim. */
export function findDoubleClaims(sections: Readonly<Record<string, unknown>>): SectionProblem[] {
  const owners = new Map<string, string>();
  return Object.entries(sections as Record<string, WhmcsProductIds>).flatMap(([product, section]) =>
    (['productIds', 'productGroupIds'] as const).flatMap((key) =>
      section[key].flatMap((id) => {
        const claim = `${key} ${id}`;
        const owner = owners.get(claim);
        owners.set(claim, owner ?? product);
        if (owner === undefined) return [];
        return [{ product, key, message: `${id} is already claimed by product "${owner}"` }];
      }),
    ),
  );
}
