<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** What a page says of its packages, which goes with a purchase: what has changed since is refused, and the page is read again. */
final class Agreed
{
    /**
     * Returns a text for a field of the form. WHMCS writes quotes in fields as entities, so that it has none.
     *
     * @param list<Data> $packages those of the document
     */
    public static function field(array $packages): string
    {
        $agreed = [];
        foreach ($packages as $package) {
            if ($package->has('agreed')) {
                $agreed[$package->text('package')] = $package->at('agreed')->values;
            }
        }
        $flags = JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES;
        return $agreed === [] ? '' : base64_encode(json_encode($agreed, $flags));
    }

    /**
     * Returns what the field says of a package; nothing where it does not.
     *
     * @return array<array-key, mixed>
     */
    public static function of(string $field, string $package): array
    {
        $agreed = json_decode((string) base64_decode($field, true), true, 8);
        return (new Data(is_array($agreed) ? $agreed : []))->at($package)->values;
    }
}
