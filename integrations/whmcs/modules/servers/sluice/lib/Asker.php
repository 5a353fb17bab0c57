<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Who asks for what a function of the module does. WHMCS calls the same ones for staff, its automation and clients. */
final class Asker
{
    /** Returns whether it is the client area, also where staff has logged in there as the client. */
    public static function isClient(): bool
    {
        if (defined('ADMINAREA')) {
            return false;
        }
        // A page of a theme or an addon may lack the constant.
        $client = $_SESSION['uid'] ?? null;
        return defined('CLIENTAREA') || (is_numeric($client) && (int) $client > 0);
    }
}
