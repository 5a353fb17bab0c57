<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use WHMCS\Database\Capsule;

/** Whose a service is: WHMCS moves services between clients, and Sluice reads that with its next sync. */
final class Owner
{
    /**
     * Checks that Sluice has a service for the client that WHMCS has it for.
     *
     * @param string $path of the service in the API
     *
     * @throws ApiError|Refusal
     */
    public static function check(Api $api, string $path, string $client): void
    {
        if ((new Data($api->get($path)))->text('client') !== $client || $client === '') {
            throw new Refusal('Sluice has this service for another client; its next sync reads the new one. Nothing was done.');
        }
    }

    /** Returns whether WHMCS has a service for another client. */
    public static function isAnother(string $service, string $client): bool
    {
        if (preg_match('/^whmcs-(\d+)$/D', $service, $match) !== 1) {
            return false;
        }
        $found = Capsule::table('tblhosting')->where('id', (int) $match[1])->value('userid');
        return is_numeric($found) && (string) (int) $found !== $client;
    }
}
